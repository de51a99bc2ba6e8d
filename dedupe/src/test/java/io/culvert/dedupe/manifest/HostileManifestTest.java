package io.culvert.dedupe.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Manifests come from peers: whatever their bytes are, they are taken or refused, at a bounded cost. */
final class HostileManifestTest {

    private static final long SEEDS = Long.getLong("culvert.fuzz.seeds", 4000);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Decoder {
        void decode(Slice bytes) throws CorruptChunkException;
    }

    /** Decodes; true if the bytes were taken. Anything but the one exception ends the test. */
    private static boolean taken(Decoder decoder, byte[] bytes, long seed) {
        try {
            decoder.decode(Slice.of(bytes));
            return true;
        } catch (CorruptChunkException e) {
            return false;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }

    private static byte[] mutated(Random random, byte[] valid) {
        byte[] bytes = valid.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, 1 + at);
                case 3 -> bytes[at] = (byte) 0xff;
                default -> System.arraycopy(bytes, 0, bytes, at, bytes.length - at);
            }
        }
        return bytes;
    }

    private static byte[] leaf(Random random) throws IOException {
        NodeStore store = new NodeStore();
        store.write(TestTrees.random(random, 40));
        return store.bytes(store.leaves().getFirst());
    }

    private static byte[] node(Random random) {
        List<IndexNode.Child> children = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
            children.add(new IndexNode.Child(TestTrees.chunk(random, 5000), PathBytes.of("p" + i)));
        }
        ByteWriter out = new ByteWriter();
        new IndexNode(1 + random.nextInt(3), children).encode(out);
        return out.written().toArray();
    }

    @Test
    void aDamagedLeafIsTakenOrRefusedAndNothingElse() throws IOException {
        byte[] leaf = leaf(new Random(1));
        int taken = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            taken += taken(LeafCodec::decode, mutated(new Random(seed), leaf), seed) ? 1 : 0;
        }
        assertThat(taken).isBetween(1, (int) SEEDS - 1);
    }

    @Test
    void aDamagedNodeIsTakenOrRefusedAndNothingElse() {
        int taken = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            taken += taken(IndexNode::decode, mutated(random, node(random)), seed) ? 1 : 0;
        }
        assertThat(taken).isBetween(1, (int) SEEDS - 1);
    }

    @Test
    void anyBytesAreRefused() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[2 + random.nextInt(300)];
            random.nextBytes(bytes);
            taken(LeafCodec::decode, bytes, seed);
            taken(IndexNode::decode, bytes, seed);
            bytes[0] = (byte) (random.nextBoolean() ? LeafCodec.MAGIC : IndexNode.MAGIC);
            bytes[1] = 1;
            taken(LeafCodec::decode, bytes, seed);
            taken(IndexNode::decode, bytes, seed);
        }
    }

    @Test
    void aLeafAndANodeAreRefusedWhereverTheyAreCutOff() throws IOException {
        byte[] leaf = leaf(new Random(2));
        byte[] node = node(new Random(2));
        int whole = 0;
        for (int length = 0; length < leaf.length; length++) {
            whole += taken(LeafCodec::decode, Arrays.copyOf(leaf, length), length) ? 1 : 0;
        }
        assertThat(whole).as("cuts between two records").isLessThan(leaf.length / 10);
        for (int length = 0; length < 40; length++) {
            assertThat(taken(IndexNode::decode, Arrays.copyOf(node, length), length))
                    .as("a node cut at %d", length)
                    .isFalse();
        }
    }

    /** What a hostile peer can do and stay consistent: any node with any bytes, named by their fingerprints. */
    @Test
    void fiveHundredHostileManifestsAreReadToTheirEndOrRefused() throws IOException {
        int refused = 0;
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<ManifestRecord> records = TestTrees.random(random, 200);
            switch (random.nextInt(4)) {
                case 0 -> records.remove(random.nextInt(records.size()));
                case 1 -> records.add(random.nextInt(records.size()), records.get(random.nextInt(records.size())));
                case 2 -> {
                    int at = random.nextInt(records.size());
                    records.set(at, records.get(random.nextInt(records.size())));
                }
                default -> records.set(0, records.getLast());
            }
            NodeStore store = new NodeStore();
            try {
                ManifestRoot root = store.write(records);
                if (random.nextBoolean()) {
                    ChunkRef damaged = store.put(mutated(random, store.bytes(root.node())));
                    root = new ManifestRoot(damaged, random.nextInt(3), root.entries(), root.sourceBytes());
                }
                store.readAll(root);
            } catch (CorruptChunkException e) {
                assertThat(e).as("seed %d", seed).message().isNotBlank();
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).isGreaterThan(400);
    }

    private static byte[] index(int level, ChunkRef... children) {
        List<IndexNode.Child> list = new ArrayList<>();
        for (ChunkRef child : children) {
            list.add(new IndexNode.Child(child, PathBytes.ROOT));
        }
        ByteWriter out = new ByteWriter();
        new IndexNode(level, list).encode(out);
        return out.written().toArray();
    }

    @Test
    void aNodeOfAnotherLevelThanItsPlaceIsRefused() throws IOException {
        NodeStore store = new NodeStore();
        ChunkRef leaf = store.write(List.of(TestTrees.directory(""))).node();
        ChunkRef low = store.put(index(1, leaf));
        for (ManifestRoot wrong : List.of(
                new ManifestRoot(low, 2, 1, 0),
                new ManifestRoot(low, 0, 1, 0),
                new ManifestRoot(leaf, 1, 1, 0),
                new ManifestRoot(store.put(index(2, leaf)), 2, 1, 0),
                new ManifestRoot(store.put(index(3, low)), 3, 1, 0))) {
            assertThatExceptionOfType(CorruptChunkException.class)
                    .as("%s", wrong)
                    .isThrownBy(() -> store.readAll(wrong));
        }
        assertThat(store.readAll(new ManifestRoot(low, 1, 1, 0))).hasSize(1);
    }

    @Test
    void depthAndChildrenAreBounded() {
        ChunkRef any = TestTrees.chunk(new Random(1), 100);
        for (int level : new int[] {0, IndexNode.MAX_LEVEL + 1, 255}) {
            assertThatExceptionOfType(CorruptChunkException.class)
                    .isThrownBy(() -> IndexNode.decode(Slice.of(index(level, any))))
                    .withMessageContaining("of level " + level);
        }
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ManifestRoot(any, IndexNode.MAX_LEVEL + 1, 1, 1));
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> IndexNode.decode(Slice.of(index(1))))
                .withMessageContaining("0 children");
        ChunkRef[] many = new ChunkRef[IndexNode.MAX_CHILDREN + 1];
        Arrays.fill(many, any);
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> IndexNode.decode(Slice.of(index(1, many))))
                .withMessageContaining("over 1024 children");
    }

    /** The same leaf over and over, 1,024 to the power of 16 times: the second one is out of order. */
    @Test
    void aManifestThatRepeatsItselfIsRefusedAtTheFirstRepetition() throws IOException {
        NodeStore store = new NodeStore();
        ChunkRef node = store.write(List.of(TestTrees.directory(""))).node();
        for (int level = 1; level <= IndexNode.MAX_LEVEL; level++) {
            ChunkRef[] same = new ChunkRef[IndexNode.MAX_CHILDREN];
            Arrays.fill(same, node);
            node = store.put(index(level, same));
        }
        ManifestRoot root = new ManifestRoot(node, IndexNode.MAX_LEVEL, 1, 0);
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> store.readAll(root))
                .withMessageContaining("does not come after");
        assertThat(store.reads()).isLessThan(200);
    }

    /** Each entry repeats a path of 64 KiB in a few bytes: 1.5 GiB from one leaf. */
    @Test
    void aLeafWhosePathsExplodeIsRefusedAtABoundedCost() {
        ByteWriter out = new ByteWriter();
        LeafCodec.begin(out);
        byte[] deep = new byte[PathBytes.MAX_LENGTH_BYTES - 1];
        Arrays.fill(deep, (byte) 'd');
        for (int i = 200; i < deep.length; i += 201) {
            deep[i] = '/';
        }
        PathBytes path = PathBytes.of(deep);
        PathBytes before = PathBytes.ROOT;
        while (out.size() < ChunkRef.MAX_LENGTH_BYTES) {
            LeafCodec.entry(
                    out,
                    before,
                    new Entry(
                            path,
                            EntryType.DIRECTORY,
                            new Entry.Access(0, 0, 0, "", ""),
                            new Entry.Stamp(0, new Entry.Timestamp(0, 0), new Entry.Timestamp(0, 0), 0),
                            0,
                            Slice.empty(),
                            List.of()));
            before = path;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes();
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> LeafCodec.decode(out.written()))
                .withMessageContaining("the paths of a manifest leaf are longer than");
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).isLessThan(6L * LeafCodec.MAX_PATHS_BYTES);
    }

    @Test
    void aCountThatPromisesMoreThanThereIsTakesNoMemory() {
        byte[] xattrs = {0x4C, 1, 2, (byte) 0x80, 0x20};
        byte[] path = {0x4C, 1, 1, 0, (byte) 0xff, (byte) 0xff, 3};
        long allocated = threads.getCurrentThreadAllocatedBytes();
        for (byte[] promise : List.of(xattrs, path)) {
            assertThatExceptionOfType(CorruptChunkException.class)
                    .isThrownBy(() -> LeafCodec.decode(Slice.of(promise)))
                    .withMessageContaining("ends early");
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).isLessThan(1 << 20);
    }
}
