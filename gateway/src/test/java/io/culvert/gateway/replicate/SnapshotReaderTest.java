package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestCursor;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SnapshotReaderTest {

    /** Puts what comes together again, and checks that it comes in the order that was promised. */
    private static final class Restored implements RestoreSink {
        private final Map<PathBytes, String> found = new TreeMap<>();
        private final ManifestCursor cursor = new ManifestCursor();
        private final Deque<Map.Entry<PathBytes, ChunkRef>> awaited = new ArrayDeque<>();
        private PathBytes last = PathBytes.ROOT;
        private boolean ended;

        @Override
        public void leaf(Slice leaf) throws IOException {
            assertThat(awaited).as("data still to come before a leaf").isEmpty();
            for (ManifestRecord record : ManifestReader.records(leaf)) {
                cursor.check(record);
                switch (record) {
                    case Entry entry -> {
                        last = entry.path();
                        String target = new String(entry.target().toArray(), StandardCharsets.UTF_8);
                        found.put(last, entry.type() == EntryType.FILE ? "" : entry.type() + target);
                    }
                    case Extents extents -> {
                        for (Extent extent : extents.list()) {
                            awaited.add(Map.entry(last, ((Extent.Data) extent).chunk()));
                        }
                    }
                }
            }
        }

        @Override
        public void data(ChunkRef chunk, Slice data) {
            Map.Entry<PathBytes, ChunkRef> next = awaited.remove();
            assertThat(chunk).isEqualTo(next.getValue());
            found.merge(next.getKey(), new String(data.toArray(), StandardCharsets.UTF_8), String::concat);
        }

        @Override
        public void end() throws IOException {
            cursor.finish();
            ended = true;
        }
    }

    private static Map<PathBytes, String> read(Snapshots from, ManifestRoot root, String... paths) throws IOException {
        Restored restored = new Restored();
        List<PathBytes> wanted = Arrays.stream(paths).map(PathBytes::of).toList();
        new SnapshotReader(from, root, wanted, new InOrder(from, restored)).read(Fingerprinter.fastest());
        assertThat(restored.awaited).isEmpty();
        assertThat(restored.ended).isTrue();
        return restored.found;
    }

    private static Map<PathBytes, String> paths(String... pairs) {
        Map<PathBytes, String> paths = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            paths.put(PathBytes.of(pairs[i]), pairs[i + 1]);
        }
        return paths;
    }

    private final Snapshots snapshots = new Snapshots();

    private ManifestRoot tree() throws IOException {
        snapshots.directory("").directory("a").file("a/first", "one", "two").link("a/link", EntryType.SYMLINK, "first");
        return snapshots.finish();
    }

    private ManifestRoot linked() throws IOException {
        snapshots
                .directory("")
                .directory("a")
                .file("a/first", "one", "two")
                .file("a/other", "other")
                .directory("b")
                .link("b/1", EntryType.HARD_LINK, "a/first")
                .link("b/2", EntryType.HARD_LINK, "a/first")
                .file("b/own", "own")
                .link("b/own2", EntryType.HARD_LINK, "b/own")
                .directory("c")
                .link("c/3", EntryType.HARD_LINK, "a/first")
                .link("c/4", EntryType.HARD_LINK, "a/other");
        return snapshots.finish();
    }

    @Test
    void aWholeSnapshotComesAsItIs() throws IOException {
        assertThat(read(snapshots, linked()))
                .isEqualTo(paths(
                        "",
                        "DIRECTORY",
                        "a",
                        "DIRECTORY",
                        "a/first",
                        "onetwo",
                        "a/other",
                        "other",
                        "b",
                        "DIRECTORY",
                        "b/1",
                        "HARD_LINKa/first",
                        "b/2",
                        "HARD_LINKa/first",
                        "b/own",
                        "own",
                        "b/own2",
                        "HARD_LINKb/own",
                        "c",
                        "DIRECTORY",
                        "c/3",
                        "HARD_LINKa/first",
                        "c/4",
                        "HARD_LINKa/other"));
    }

    @Test
    void aSelectionComesWithTheDirectoriesThatLeadToIt() throws IOException {
        assertThat(read(snapshots, linked(), "a/other"))
                .isEqualTo(paths("", "DIRECTORY", "a", "DIRECTORY", "a/other", "other"));
    }

    @Test
    void aHardLinkWhoseFirstNameIsNotSelectedBecomesTheFileItself() throws IOException {
        assertThat(read(snapshots, linked(), "b"))
                .isEqualTo(paths(
                        "",
                        "DIRECTORY",
                        "b",
                        "DIRECTORY",
                        "b/1",
                        "onetwo",
                        "b/2",
                        "HARD_LINKb/1",
                        "b/own",
                        "own",
                        "b/own2",
                        "HARD_LINKb/own"));
    }

    @Test
    void hardLinksOfSeveralSelectedPathsStayTogether() throws IOException {
        assertThat(read(snapshots, linked(), "c", "b/2"))
                .isEqualTo(paths(
                        "",
                        "DIRECTORY",
                        "b",
                        "DIRECTORY",
                        "b/2",
                        "onetwo",
                        "c",
                        "DIRECTORY",
                        "c/3",
                        "HARD_LINKb/2",
                        "c/4",
                        "other"));
    }

    @Test
    void aHardLinkToAnythingElseBecomesThatToo() throws IOException {
        snapshots
                .directory("")
                .link("a", EntryType.SYMLINK, "target")
                .link("b", EntryType.HARD_LINK, "a")
                .link("c", EntryType.HARD_LINK, "a");
        assertThat(read(snapshots, snapshots.finish(), "b", "c"))
                .isEqualTo(paths("", "DIRECTORY", "b", "SYMLINKtarget", "c", "HARD_LINKb"));
    }

    @Test
    void aHardLinkToNothingIsRefused() throws IOException {
        snapshots.directory("").directory("a").link("b", EntryType.HARD_LINK, "a/none");
        ManifestRoot root = snapshots.finish();
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> read(snapshots, root, "b"))
                .withMessageContaining("the hard link \"b\" names nothing");
    }

    @Test
    void pathsThatAreNotThereAreNamed() throws IOException {
        ManifestRoot root = tree();
        assertThatExceptionOfType(SnapshotReader.NoSuchPathException.class)
                .isThrownBy(() -> read(snapshots, root, "a/first", "a/fir", "x/y"))
                .withMessage("the snapshot has nothing at \"a/fir\", \"x/y\"");
    }

    @Test
    void dataOfManyFilesComesWithItsLeaves() throws IOException {
        snapshots.directory("");
        for (int i = 0; i < 3000; i++) {
            snapshots.file("f%05d".formatted(i), "data " + i, " and " + i % 7);
        }
        ManifestRoot root = snapshots.finish();
        Map<PathBytes, String> whole = read(snapshots, root);
        assertThat(whole).hasSize(3001).containsEntry(PathBytes.of("f02999"), "data 2999 and 3");
        assertThat(read(snapshots, root, "")).isEqualTo(whole);
        assertThat(read(snapshots, root, "f00100", "f02000"))
                .isEqualTo(paths("", "DIRECTORY", "f00100", "data 100 and 2", "f02000", "data 2000 and 5"));
    }

    @Test
    void aSelectionWantsWhatItHoldsAndTheWayThere() {
        PathSelection some = new PathSelection(List.of(PathBytes.of("a/b"), PathBytes.of("c")));
        for (String path : List.of("a/b", "a/b/x", "c", "c/d/e")) {
            assertThat(some.holds(PathBytes.of(path))).as(path).isTrue();
        }
        for (String path : List.of("", "a", "a/bc", "cc", "a/a")) {
            assertThat(some.holds(PathBytes.of(path))).as(path).isFalse();
        }
        assertThat(some.wants(Snapshots.entry("a", EntryType.DIRECTORY, 0, ""))).isTrue();
        assertThat(some.wants(Snapshots.entry("a", EntryType.FILE, 0, ""))).isFalse();
        assertThat(some.wants(Snapshots.entry("b", EntryType.DIRECTORY, 0, ""))).isFalse();
        assertThat(new PathSelection(List.of()).holds(PathBytes.of("any"))).isTrue();
    }
}
