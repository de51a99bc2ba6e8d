package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.pool.Fence;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.segment.SegmentEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be named more than once, with how much memory, in a real pool. */
final class ClosureTest {
    private static final String ATTEMPT = "an-attempt";

    /** Of a volume with long runs of the same data: leaves of nothing but extents, most of them equal. */
    private static final int EXTENTS = 40_000;

    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private final List<ChunkRef> leaves = new ArrayList<>();
    private Pool pool;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        pool = Pool.open(PoolSettings.of("main", directory.resolve("pool"), 0), InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
    }

    private ChunkRef store(byte[] bytes) throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder()) {
            assertThat(encoder.add(Slice.of(bytes))).isTrue();
            var segment = encoder.finishVerified(fingerprinter);
            pool.append(segment, ATTEMPT);
            return segment.chunks().getFirst();
        }
    }

    private ChunkRef chunk(int number) throws IOException {
        return store(("chunk " + number).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private ManifestWriter writer() {
        return new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
            store(bytes.toArray());
            if (isLeaf) {
                leaves.add(node);
            }
        });
    }

    /** The manifest of a volume whose extents are these, over and over; the last chunk of each hundred thousand differs. */
    private ManifestRoot volume(List<ChunkRef> run, int extents) throws IOException {
        ManifestWriter writer = writer();
        long size = 0;
        for (int i = 0; i < extents; i++) {
            size += run.get(i % run.size()).lengthBytes();
        }
        writer.entry(Snapshots.entry("", EntryType.FILE, size, ""));
        for (int i = 0; i < extents; i++) {
            writer.extent(new Extent.Data(run.get(i % run.size())));
        }
        return writer.finish();
    }

    /** An index node, by hand, as no writer makes it: all its children begin at the root. */
    private ManifestRoot index(int level, List<ChunkRef> children) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(0x49);
        bytes.write(1);
        bytes.write(level);
        for (ChunkRef child : children) {
            for (int rest = child.lengthBytes(); ; rest >>>= 7) {
                bytes.write(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
                if (rest <= 0x7f) {
                    break;
                }
            }
            bytes.write(child.fingerprint().toBytes());
            bytes.write(0);
        }
        return new ManifestRoot(store(bytes.toByteArray()), level, 1, 1);
    }

    private static Snapshot snapshot(ManifestRoot root) {
        return new Snapshot(
                "20260131T235959-0123abcd",
                "data",
                "near",
                "tree",
                Instant.EPOCH,
                ATTEMPT,
                new Fence(0, 0),
                "",
                root.node(),
                root.level(),
                root.entries(),
                root.sourceBytes(),
                new TreeMap<>());
    }

    private ChunkRef treeLeaf(String... names) throws IOException {
        leaves.clear();
        ManifestWriter writer = writer();
        for (String name : names) {
            writer.entry(Snapshots.entry(name, name.isEmpty() ? EntryType.DIRECTORY : EntryType.FILE, 0, ""));
        }
        writer.finish();
        return leaves.getFirst();
    }

    @Test
    void equalLeavesOfExtentsAreLegalAndReadOnce() throws Exception {
        ManifestRoot root = volume(List.of(chunk(1)), EXTENTS);
        assertThat(leaves.stream().distinct().count()).as("leaves that differ").isLessThan(leaves.size() - 10);
        ClosureWalk walk = new Closure(pool).walk(ClosureWalk.MAX_PLAIN, ClosureWalk.MAX_AGAIN);
        walk.from(root);
        assertThat(walk.remembered()).isBetween(1, 3);
        Closure known = new Closure(pool);
        known.learn(snapshot(root));
        assertThatCode(() -> known.check(index(root.level() + 1, List.of(root.node()))))
                .as("all of it is known")
                .doesNotThrowAnyException();
        ChunkRef run = leaves.get(3);
        assertThat(leaves.get(4)).isEqualTo(run);
        assertThatCode(() ->
                        known.check(index(2, List.of(index(1, List.of(run, run)).node(), root.node()))))
                .as("known leaves of extents are named again")
                .doesNotThrowAnyException();
    }

    @Test
    void aLeafWithEntriesThatIsNamedTwiceIsRefusedKnownOrNot() throws Exception {
        ChunkRef leaf = treeLeaf("", "a", "b");
        ManifestRoot twice = index(1, List.of(leaf, leaf));
        assertThatThrownBy(() -> new Closure(pool).check(twice))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining("twice");
        ChunkRef other = treeLeaf("c", "d");
        ManifestRoot apart = index(
                2,
                List.of(
                        index(1, List.of(leaf, other)).node(),
                        index(1, List.of(other)).node()));
        assertThatThrownBy(() -> new Closure(pool).check(apart)).hasMessageContaining("\"c\" twice");

        Closure known = new Closure(pool);
        known.learn(snapshot(index(1, List.of(leaf, other))));
        for (int round = 0; round < 300; round++) { // more often than rounds are told apart
            known.check(index(1, List.of(leaf, other)));
        }
        assertThatThrownBy(() -> known.check(twice)).isInstanceOf(CorruptChunkException.class);
        assertThatThrownBy(() -> known.check(apart)).isInstanceOf(CorruptChunkException.class);
        ChunkRef whole = index(1, List.of(leaf, other)).node();
        assertThatThrownBy(() -> known.check(index(2, List.of(whole, whole))))
                .as("an index node that is known and named twice")
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void whatIsForgottenIsReadAgainAndNothingMissingIsOverlooked() throws Exception {
        List<ChunkRef> chunks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chunks.add(chunk(i));
        }
        leaves.clear();
        List<ChunkRef> plain = new ArrayList<>();
        for (ChunkRef chunk : chunks) {
            leaves.clear();
            volume(List.of(chunk), EXTENTS / 4);
            plain.add(leaves.get(2));
        }
        List<ChunkRef> named = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            named.addAll(plain);
        }
        ChunkRef first = treeLeaf("");
        named.addFirst(first);
        ClosureWalk walk = new Closure(pool).walk(2, 1000);
        walk.from(index(1, named));
        assertThat(walk.remembered()).isLessThanOrEqualTo(2);
        assertThat(walk.read()).as("six leaves of which two are remembered").isGreaterThan(named.size() / 2);

        ChunkRef absent = new ChunkRef(fingerprinter.of(new byte[] {1}, 0, 1), 1);
        leaves.clear();
        volume(List.of(chunks.getFirst(), absent), EXTENTS / 4);
        List<ChunkRef> lacking = new ArrayList<>(named);
        lacking.add(leaves.get(2));
        assertThatThrownBy(() -> new Closure(pool).walk(2, 1000).from(index(1, lacking)))
                .isInstanceOf(Closure.IncompleteException.class)
                .hasMessageContaining(absent.toString());
    }

    @Test
    void nodesThatNameNodesOverAndOverAreRefusedInTime() throws Exception {
        volume(List.of(chunk(1)), EXTENTS);
        ChunkRef node = leaves.get(3);
        for (int level = 1; level <= 12; level++) {
            node = index(level, java.util.Collections.nCopies(500, node)).node();
        }
        ManifestRoot bomb = new ManifestRoot(node, 12, 1, 1);
        assertThatThrownBy(() ->
                        new Closure(pool).walk(ClosureWalk.MAX_PLAIN, 10_000).from(bomb))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining("over and over");
    }
}
