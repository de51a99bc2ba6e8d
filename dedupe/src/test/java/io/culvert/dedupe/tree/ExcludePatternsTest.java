package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.manifest.PathBytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcludePatternsTest {

    @ParameterizedTest
    @CsvSource({
        "*.tmp, a.tmp, true",
        "*.tmp, deep/down/a.tmp, true",
        "*.tmp, a.tmp.gz, false",
        "*.tmp, tmp, false",
        "core, a/core, true",
        "core, a/core/b, false",
        "/core, core, true",
        "/core, a/core, false",
        "a/*.o, a/b.o, true",
        "a/*.o, x/a/b.o, false",
        "a/*.o, a/b/c.o, false",
        "**/node_modules, x/y/node_modules, true",
        "**/node_modules, node_modules, true",
        "a/**, a/b/c, true",
        "a/**, a, false",
        "a/**/z, a/z, true",
        "a/**/z, a/b/c/z, true",
        "?, \uAC00, true",
        "?, \uAC00\uB098, false",
        "[a-c]x, bx, true",
        "[a-c]x, dx, false",
        "[!a-c]x, dx, true",
        "[!a-c]x, \uAC00x, true",
        "[!a-c]x, ax, false",
        "a\\*b, a*b, true",
        "a\\*b, axb, false",
        "a.b, axb, false",
        "\uD30C\uC77C*, \uD30C\uC77C1, true",
    })
    void matchesLikeGitignore(String pattern, String path, boolean expected) {
        assertThat(ExcludePatterns.of(List.of(pattern)).match(PathBytes.of(path), false))
                .isEqualTo(expected);
    }

    @Test
    void aSlashAtTheEndMeansDirectoriesOnly() {
        ExcludePatterns patterns = ExcludePatterns.of(List.of("cache/"));
        assertThat(patterns.match(PathBytes.of("a/cache"), true)).isTrue();
        assertThat(patterns.match(PathBytes.of("a/cache"), false)).isFalse();
    }

    @Test
    void aStarTakesBytesThatAreNoUtf8() {
        ExcludePatterns patterns = ExcludePatterns.of(List.of("*.tmp"));
        byte[] name = {(byte) 0xff, '\n', (byte) 0xe9, '.', 't', 'm', 'p'};
        assertThat(patterns.match(PathBytes.of(name), false)).isTrue();
    }

    @Test
    void saysWhatIsNoPattern() {
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("ok", "[a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the exclude pattern \"[a\" has a '[' without ']'");
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("!keep"))).hasMessageContaining("begins with '!'");
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("/"))).hasMessageContaining("is empty");
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("a\\"))).hasMessageContaining("ends with a backslash");
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("[\uAC00]"))).hasMessageContaining("other than ASCII");
        assertThatThrownBy(() -> ExcludePatterns.of(List.of("[z-a]"))).hasMessageContaining("[z-a]");
    }
}
