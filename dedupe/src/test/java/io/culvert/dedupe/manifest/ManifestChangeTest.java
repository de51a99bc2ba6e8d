package io.culvert.dedupe.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A change among 100,000 files costs the nodes that it falls into. */
final class ManifestChangeTest {

    private static final int FILES = 100_000;

    /** New nodes for one change: a leaf or two, and the way up to the root. */
    private static final int MAX_NEW_NODES = 8;

    private static final NodeStore STORE = new NodeStore();
    private static List<ManifestRecord> records = List.of();
    private static ManifestRoot root = new ManifestRoot(new ChunkRef(new Fingerprint(0, 0, 0, 0), 1), 0, 0, 0);

    @BeforeAll
    static void writeTheTree() throws IOException {
        records = TestTrees.files(new Random(1), FILES);
        root = STORE.write(records);
    }

    private record Cost(int nodes, long bytes) {}

    private static Cost cost(List<ManifestRecord> changed) throws IOException {
        int nodes = STORE.count();
        long bytes = STORE.addedBytes();
        ManifestRoot after = STORE.write(changed);
        assertThat(after).isNotEqualTo(root);
        return new Cost(STORE.count() - nodes, STORE.addedBytes() - bytes);
    }

    private static void assertSmall(Cost cost) {
        assertThat(cost.nodes()).isBetween(1, MAX_NEW_NODES);
        assertThat(cost.bytes()).isLessThan(MAX_NEW_NODES * (long) ManifestWriter.MAX_NODE_BYTES / 2);
    }

    private static int fileAt(Random random) {
        int at = random.nextInt(records.size());
        while (!(records.get(at) instanceof Entry entry && entry.type() == EntryType.FILE)) {
            at = random.nextInt(records.size());
        }
        return at;
    }

    @Test
    void leavesAreOfTheSizeMeant() {
        double average = STORE.leaves().stream()
                .mapToInt(ChunkRef::lengthBytes)
                .limit(1000)
                .average()
                .orElseThrow();
        assertThat(average).isBetween(8_000.0, 32_000.0);
    }

    @Test
    void aWriteOfTheSameAddsNothing() throws IOException {
        int nodes = STORE.count();
        assertThat(STORE.write(records)).isEqualTo(root);
        assertThat(STORE.count()).isEqualTo(nodes);
    }

    @Test
    void aChangedFileChangesAFewNodes() throws IOException {
        for (long seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            int at = fileAt(random);
            List<ManifestRecord> changed = new ArrayList<>(records);
            Entry old = (Entry) records.get(at);
            changed.set(at, TestTrees.file(old.path().toString(), 2000));
            changed.set(at + 1, TestTrees.data(random, 2000));
            assertSmall(cost(changed));
        }
    }

    @Test
    void anInsertedFileChangesAFewNodes() throws IOException {
        for (long seed = 10; seed < 18; seed++) {
            Random random = new Random(seed);
            int at = fileAt(random);
            List<ManifestRecord> changed = new ArrayList<>(records);
            Entry old = (Entry) records.get(at);
            changed.add(at + 2, TestTrees.data(random, 500));
            changed.add(at + 2, TestTrees.file(old.path() + "-new", 500));
            assertSmall(cost(changed));
        }
    }

    @Test
    void aDeletedFileChangesAFewNodes() throws IOException {
        for (long seed = 20; seed < 28; seed++) {
            int at = fileAt(new Random(seed));
            List<ManifestRecord> changed = new ArrayList<>(records);
            changed.subList(at, at + 2).clear();
            assertSmall(cost(changed));
        }
    }

    @Test
    void aDirectoryAtTheVeryBeginningChangesAFewNodes() throws IOException {
        List<ManifestRecord> changed = new ArrayList<>(records);
        changed.add(1, TestTrees.directory("a"));
        assertSmall(cost(changed));
    }

    @Test
    void aChangeInALargeVolumeChangesAFewNodes() throws IOException {
        Random random = new Random(3);
        int count = 100_000;
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            extents.add(new Extent.Data(TestTrees.chunk(random, 1000)));
        }
        NodeStore store = new NodeStore();
        store.write(List.of(TestTrees.file("", count * 1000L), new Extents(extents)));
        for (int at : new int[] {0, 17, count / 2, count - 1}) {
            List<Extent> changed = new ArrayList<>(extents);
            changed.set(at, new Extent.Data(TestTrees.chunk(random, 1000)));
            int nodes = store.count();
            store.write(List.of(TestTrees.file("", count * 1000L), new Extents(changed)));
            assertThat(store.count() - nodes).as("nodes for a change at %d", at).isBetween(1, MAX_NEW_NODES);
        }
    }

    @Test
    void aPathIsFoundWithoutReadingTheRest() throws IOException {
        Map<PathBytes, List<ManifestRecord>> belongs = new HashMap<>();
        PathBytes last = PathBytes.ROOT;
        for (ManifestRecord record : records) {
            last = record instanceof Entry entry ? entry.path() : last;
            belongs.computeIfAbsent(last, path -> new ArrayList<>()).add(record);
        }
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            PathBytes path = ((Entry) records.get(fileAt(random))).path();
            PathBytes wanted = i % 2 == 0 ? path : path.parent();
            long before = STORE.reads();
            TestTrees.Joined read = new TestTrees.Joined();
            new ManifestReader(STORE, root).records(wanted, read::add);
            assertThat(STORE.reads() - before).as("nodes read for %s", wanted).isLessThan(12);
            List<ManifestRecord> expected = belongs.entrySet().stream()
                    .filter(each -> wanted.contains(each.getKey()))
                    .flatMap(each -> each.getValue().stream())
                    .toList();
            assertThat(Set.copyOf(read.records())).as("records for %s", wanted).containsAll(expected);
        }
    }

    @Test
    void selectionFindsEveryRecordInRandomTrees() throws IOException {
        for (long seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            List<ManifestRecord> tree = TestTrees.random(random, 2000);
            NodeStore store = new NodeStore();
            ManifestRoot of = store.write(tree);
            for (int i = 0; i < 40; i++) {
                ManifestRecord any = tree.get(random.nextInt(tree.size()));
                PathBytes wanted = any instanceof Entry entry ? entry.path() : PathBytes.of("not/there");
                assertThat(selected(store, of, wanted)).as("seed %d", seed).isEqualTo(among(tree, wanted));
            }
        }
    }

    /** The records at or below a path, found by selection. */
    private static List<ManifestRecord> selected(NodeStore store, ManifestRoot of, PathBytes wanted)
            throws IOException {
        TestTrees.Joined read = new TestTrees.Joined();
        new ManifestReader(store, of).records(wanted, read::add);
        return among(read.records(), wanted);
    }

    private static List<ManifestRecord> among(List<ManifestRecord> records, PathBytes wanted) {
        List<ManifestRecord> found = new ArrayList<>();
        boolean inside = false;
        for (ManifestRecord record : records) {
            if (record instanceof Entry entry) {
                inside = wanted.contains(entry.path());
            }
            if (inside) {
                found.add(record);
            }
        }
        return found;
    }
}
