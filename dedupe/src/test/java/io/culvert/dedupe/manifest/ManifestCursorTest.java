package io.culvert.dedupe.manifest;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ManifestCursorTest {

    private static final ManifestRecord ROOT = TestTrees.directory("");

    private static Extents data(int... lengths) {
        return TestTrees.data(new Random(1), lengths);
    }

    private static void check(ManifestRecord... records) throws CorruptChunkException {
        ManifestCursor cursor = new ManifestCursor();
        for (ManifestRecord record : records) {
            cursor.check(record);
        }
        cursor.finish();
    }

    private static void refused(String reason, ManifestRecord... records) {
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> check(records))
                .withMessageContaining(reason);
    }

    @Test
    void aWalkIsTaken() {
        assertThatCode(() -> check(
                        ROOT,
                        TestTrees.directory("a"),
                        TestTrees.directory("a/b"),
                        TestTrees.directory("a/b/c"),
                        TestTrees.file("a/b/c/f", 30),
                        data(10, 5),
                        data(15),
                        TestTrees.file("a/z", 0),
                        TestTrees.directory("b"),
                        TestTrees.hardLink("b/h", "a/z"),
                        TestTrees.file("c", 7),
                        new Extents(List.of(new Extent.Hole(7)))))
                .doesNotThrowAnyException();
    }

    @Test
    void aVolumeIsOneFileAtTheRoot() {
        assertThatCode(() -> check(TestTrees.file("", 10), data(10))).doesNotThrowAnyException();
        refused("lies in no directory", TestTrees.file("", 10), data(10), TestTrees.file("a", 0));
    }

    @Test
    void nothingIsNoManifest() {
        refused("a manifest without entries");
    }

    @Test
    void theRootComesFirstAndOnce() {
        refused("begins with \"a\" and not with its root", TestTrees.directory("a"));
        refused("does not come after", ROOT, ROOT);
    }

    @Test
    void pathsAscend() {
        refused("\"a\" does not come after \"b\"", ROOT, TestTrees.directory("b"), TestTrees.directory("a"));
        refused("does not come after", ROOT, TestTrees.directory("a"), TestTrees.directory("a"));
        refused(
                "\"a/x\" does not come after \"a-\"",
                ROOT,
                TestTrees.directory("a"),
                TestTrees.directory("a-"),
                TestTrees.file("a/x", 0));
    }

    @Test
    void aParentIsADirectoryThatCameBefore() {
        refused("\"a/x\" lies in no directory", ROOT, TestTrees.file("a/x", 0));
        refused("\"a/x\" lies in no directory", ROOT, TestTrees.file("a", 0), TestTrees.file("a/x", 0));
        refused("\"b/x\" lies in no directory", ROOT, TestTrees.directory("a"), TestTrees.file("b/x", 0));
        refused("\"a/b/c\" lies in no directory", ROOT, TestTrees.directory("a"), TestTrees.file("a/b/c", 0));
        refused(
                "\"a/symlink/x\" lies in no directory",
                ROOT,
                TestTrees.directory("a"),
                TestTrees.entry(PathBytes.of("a/symlink"), EntryType.SYMLINK, 0, "/etc"),
                TestTrees.file("a/symlink/x", 0));
        refused(
                "\"a/d/x\" lies in no directory",
                ROOT,
                TestTrees.directory("a"),
                TestTrees.directory("a/b"),
                TestTrees.directory("a/b/c"),
                TestTrees.file("a/d/x", 0));
        refused(
                "\"bb/x\" lies in no directory",
                ROOT,
                TestTrees.directory("aa"),
                TestTrees.file("aa/x", 0),
                TestTrees.file("bb/x", 0));
    }

    @Test
    void extentsFollowAFileAndAddUpToItsSize() {
        refused("extents in a manifest that follow no file", data(1));
        refused("extents in a manifest that follow no file", ROOT, data(1));
        refused(
                "extents in a manifest that follow no file",
                ROOT,
                TestTrees.entry(PathBytes.of("f"), EntryType.FIFO, 0, ""),
                data(1));
        refused("exceed its size of 10 bytes", ROOT, TestTrees.file("a", 10), data(5), data(6));
        refused("are 9 bytes, its size is 10", ROOT, TestTrees.file("a", 10), data(9), TestTrees.file("b", 0));
        refused("are 0 bytes, its size is 10", ROOT, TestTrees.file("a", 10));
        refused(
                "exceed its size",
                ROOT,
                TestTrees.file("a", 10),
                new Extents(List.of(new Extent.Hole(Long.MAX_VALUE), new Extent.Hole(Long.MAX_VALUE))));
    }

    @Test
    void aHardLinkNamesAnEarlierPathInside() {
        refused("names something that comes after it", ROOT, TestTrees.hardLink("a", "b"));
        refused("names something that comes after it", ROOT, TestTrees.hardLink("a", "a"));
        refused("has the component '..'", ROOT, TestTrees.hardLink("a", "../etc/passwd"));
        refused("is absolute", ROOT, TestTrees.hardLink("a", "/etc/passwd"));
        refused("has a NUL byte", ROOT, TestTrees.hardLink("b", "a\0"));
    }

    @Test
    void aTreeOfTheGreatestDepthTakesLittleMemory() throws CorruptChunkException {
        int depth = PathBytes.MAX_LENGTH_BYTES / 2;
        ManifestCursor cursor = new ManifestCursor();
        byte[] path = new byte[PathBytes.MAX_LENGTH_BYTES];
        Arrays.fill(path, (byte) 'd');
        for (int i = 1; i < path.length; i += 2) {
            path[i] = '/';
        }
        cursor.check(ROOT);
        for (int level = 1; level <= depth; level += level < 500 ? 1 : depth) {
            PathBytes at = PathBytes.of(Arrays.copyOf(path, 2 * level - 1));
            cursor.check(new Entry(
                    at, EntryType.DIRECTORY, TestTrees.access(), TestTrees.stamp(0), 0, Slice.empty(), List.of()));
        }
        cursor.finish();
    }
}
