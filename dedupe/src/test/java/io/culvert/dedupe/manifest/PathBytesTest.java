package io.culvert.dedupe.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PathBytesTest {

    /** A directory in memory, whose names sort as unsigned bytes. */
    private static final class Directory {
        private final Map<byte[], Directory> children = new TreeMap<>(Arrays::compareUnsigned);

        void walk(PathBytes path, List<PathBytes> found) {
            found.add(path);
            children.forEach((name, child) -> child.walk(path.resolve(name), found));
        }
    }

    @Test
    void theOrderIsThatOfASortedPreOrderWalk() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Directory root = new Directory();
            List<Directory> directories = new ArrayList<>(List.of(root));
            for (int i = 0; i < 150; i++) {
                byte[] name = new byte[1 + random.nextInt(3)];
                for (int k = 0; k < name.length; k++) {
                    byte[] letters = {1, '-', '.' - 1, '/' + 1, 'a', (byte) 0x80, (byte) 0xff};
                    name[k] = letters[random.nextInt(letters.length)];
                }
                Directory child = directories
                        .get(random.nextInt(directories.size()))
                        .children
                        .computeIfAbsent(name, key -> new Directory());
                directories.add(child);
            }
            List<PathBytes> walked = new ArrayList<>();
            root.walk(PathBytes.ROOT, walked);
            List<PathBytes> sorted = new ArrayList<>(walked);
            Collections.shuffle(sorted, random);
            Collections.sort(sorted);
            assertThat(sorted).as("seed %d", seed).isEqualTo(walked);
        }
    }

    @Test
    void aDirectoryComesBeforeWhatIsInItAndThatBeforeItsNeighbours() {
        assertThat(List.of("", "a", "a/b", "a/b/c", "a!", "a-", "a0", "b"))
                .extracting(PathBytes::of)
                .isSorted();
    }

    @Test
    void pathsThatNoWalkCanProduceAreRefusedByName() {
        Map<String, String> refusals = Map.of(
                "/",
                "is absolute or has an empty component",
                "/etc",
                "is absolute or has an empty component",
                "a//b",
                "is absolute or has an empty component",
                "a/",
                "is absolute or has an empty component",
                ".",
                "has the component '.'",
                "a/./b",
                "has the component '.'",
                "..",
                "has the component '..'",
                "a/../../b",
                "has the component '..'",
                "a\0b",
                "has a NUL byte",
                "x".repeat(256),
                "has a component of 256 bytes");
        refusals.forEach((path, reason) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> PathBytes.of(path))
                .withMessageContaining(reason));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathBytes.of(new byte[PathBytes.MAX_LENGTH_BYTES + 1]))
                .withMessageContaining("at most 65536 bytes");
    }

    @Test
    void namesThatOnlyLookLikeTheForbiddenOnesAreLegal() {
        for (String path : List.of("...", "..a", ".a", "a..", "a/...", "\n", "\u0001", "'", "\\", "x".repeat(255))) {
            assertThat(PathBytes.of(path).toBytes()).isEqualTo(path.getBytes(UTF_8));
        }
    }

    @Test
    void aNameIsResolvedOnlyIfItIsOne() {
        PathBytes directory = PathBytes.of("d");
        assertThat(directory.resolve("n".getBytes(UTF_8))).isEqualTo(PathBytes.of("d/n"));
        for (String wrong : List.of("", ".", "..", "a/b", "/", "a\0", "x".repeat(256))) {
            assertThatIllegalArgumentException().isThrownBy(() -> directory.resolve(wrong.getBytes(UTF_8)));
        }
    }

    @Test
    void partsOfAPathFitTogether() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            PathBytes path = PathBytes.ROOT;
            int depth = random.nextInt(6);
            for (int k = 0; k < depth; k++) {
                byte[] name = new byte[1 + random.nextInt(4)];
                for (int b = 0; b < name.length; b++) {
                    name[b] = (byte) (0x30 + random.nextInt(200));
                }
                PathBytes child = path.resolve(name);
                assertThat(child.parent()).isEqualTo(path);
                assertThat(child.parentLengthBytes()).isEqualTo(path.lengthBytes());
                assertThat(child.name()).isEqualTo(name);
                assertThat(path.contains(child)).isTrue();
                assertThat(child.contains(path)).isFalse();
                assertThat(child.sharesPrefix(path, path.lengthBytes())).isTrue();
                path = child;
            }
            assertThat(path.depth())
                    .isEqualTo(depth)
                    .isEqualTo(path.components().size());
            assertThat(PathBytes.of(path.toBytes())).isEqualTo(path).hasSameHashCodeAs(path);
            assertThat(path.contains(path)).isTrue();
        }
        assertThat(PathBytes.of("a").contains(PathBytes.of("ab"))).isFalse();
        assertThat(PathBytes.ROOT.parent()).isEqualTo(PathBytes.ROOT);
    }

    @Test
    void peopleSeeControlCharactersEscaped() {
        assertThat(PathBytes.of("한글/a b")).hasToString("한글/a b");
        assertThat(PathBytes.of("a\n\u001b[31m")).hasToString("a\\x0a\\x1b[31m");
        assertThat(PathBytes.of(new byte[] {'a', (byte) 0xff})).hasToString("a\\xff");
        assertThat(PathBytes.ROOT).hasToString(".");
    }
}
