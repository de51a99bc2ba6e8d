package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRenameTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("site.yaml"), text);
    }

    @Test
    void onlyTheNamesOfThePoolAreReplacedAndCommentsAreKept() throws Exception {
        Path file = file("""
                # main 😀 is the pool
                site: seoul
                pools:
                  "main": {path: /srv/main}   # main, 서울
                  other: {path: /srv/other}
                grants:
                  busan: {write: [other, 'main'], read: [main], connect: []}
                  daegu:
                    write:
                    - main
                datasets:
                  main: {kind: stream, pool: main, replicateTo: [{peer: busan, pool: main}]}
                  tree: {kind: tree, path: /data, replicateTo: [{peer: busan, pool: main}]}
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        PoolRename rename = PoolRename.of(file, "main", "vault");
        rename.apply();

        assertThat(Files.readString(file)).isEqualTo("""
                # main 😀 is the pool
                site: seoul
                pools:
                  "vault": {path: /srv/main}   # main, 서울
                  other: {path: /srv/other}
                grants:
                  busan: {write: [other, 'vault'], read: [main], connect: []}
                  daegu:
                    write:
                    - vault
                datasets:
                  main: {kind: stream, pool: vault, replicateTo: [{peer: busan, pool: main}]}
                  tree: {kind: tree, path: /data, replicateTo: [{peer: busan, pool: main}]}
                """);
        assertThat(rename.places())
                .extracting(place -> place.position() + " " + place.line())
                .containsExactly(
                        "4:3 \"vault\": {path: /srv/main}   # main, 서울",
                        "7:26 busan: {write: [other, 'vault'], read: [main], connect: []}",
                        "10:7 - vault",
                        "12:30 main: {kind: stream, pool: vault, replicateTo: [{peer: busan, pool: main}]}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void namesThatWouldBeSomethingElseAreQuoted() throws Exception {
        Path file = file("site: seoul\npools: {main: {path: /srv/main}}\ngrants: {busan: {write: [main]}}\n");

        PoolRename.of(file, "main", "on").apply();
        assertThat(SiteConfigLoader.load(file).pools()).containsOnlyKeys("on");
        PoolRename.of(file, "on", "123").apply();
        assertThat(SiteConfigLoader.load(file).pools()).containsOnlyKeys("123");
    }

    @Test
    void aByteOrderMarkWindowsLinesAndALinkToTheFileStay() throws Exception {
        Path real = file("\uFEFFsite: seoul\r\npools:\r\n  main: {path: /srv/main}\r\n");
        Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), real);

        PoolRename.of(link, "main", "vault").apply();

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(real)).isEqualTo("\uFEFFsite: seoul\r\npools:\r\n  vault: {path: /srv/main}\r\n");
    }

    @Test
    void anAliasThatMeansTheSamePoolFollows() throws Exception {
        Path file = file("""
                site: seoul
                pools: {main: {path: /srv/main}}
                grants:
                  busan: {write: &all [main]}
                  daegu: {write: *all}
                """);

        PoolRename.of(file, "main", "vault").apply();

        assertThat(SiteConfigLoader.load(file).grantsFor(new SiteName("daegu")).write())
                .containsExactly("vault");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "datasets: {d: {kind: stream, pool: &p main, replicateTo: [{peer: busan, pool: *p}]}}",
                "datasets: {d: {kind: stream, pool: &p main}, e: {kind: tree, path: /d, replicateTo: [{peer: x, pool: *p}]}}",
                "datasets: {e: {kind: tree, path: /d, replicateTo: [{peer: x, pool: &p main}]}, f: {kind: stream, pool: *p}}",
            })
    void anAliasThatAlsoMeansAPoolOfAPeerIsRefused(String datasets) throws Exception {
        Path file = file("site: seoul\npools: {main: {path: /srv/main}}\n" + datasets + "\n");
        String before = Files.readString(file);

        assertThatThrownBy(() -> PoolRename.of(file, "main", "vault")).isInstanceOf(ConfigException.class);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void aFileThatWasChangedSinceIsLeftAsItIs() throws Exception {
        Path file = file("site: seoul\npools: {main: {path: /srv/main}}\n");
        PoolRename rename = PoolRename.of(file, "main", "vault");
        file("site: seoul\npools: {main: {path: /srv/elsewhere}}\n");

        assertThatThrownBy(rename::apply).hasMessageContaining("changed by somebody else");
        assertThat(Files.readString(file)).contains("elsewhere");
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aNameThatIsTakenOrNoneIsRefusedWithThePlace() throws Exception {
        Path file = file("site: seoul\npools: {main: {path: /srv/main}, vault: {path: /srv/vault}}\n");

        assertThatThrownBy(() -> PoolRename.of(file, "main", "vault"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("site.yaml:2:");
        assertThatThrownBy(() -> PoolRename.of(file, "main", "Not a name")).isInstanceOf(ConfigException.class);
    }
}
