package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** What most tests of the pool need: small containers on a disk in memory, and ways to fill and compare. */
final class PoolFixture {

    static final Path ROOT = Path.of("/pool");
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-31T12:00:00Z"));
    static final int CONTAINER_BYTES = 64 << 10;

    private PoolFixture() {}

    static PoolSettings settings(long quotaBytes) {
        return new PoolSettings("main", ROOT, quotaBytes, CONTAINER_BYTES, 1 << 20, 4096);
    }

    static Pool open(FaultDisk disk) throws IOException {
        return Pool.open(settings(0), CLOCK, disk, Runnable::run);
    }

    static Pool open(Disk disk, PoolOwnership ownership) throws IOException {
        return Pool.open(PoolOpening.of(settings(0), CLOCK).under(ownership), disk, Runnable::run);
    }

    /** Appends a segment of random chunks; answers them. */
    static List<byte[]> append(Pool pool, Random random, int count, int maxBytes) throws IOException {
        List<byte[]> chunks = TestSegments.chunks(random, count, maxBytes);
        pool.append(TestSegments.passing(chunks), "attempt-1");
        return chunks;
    }

    static List<byte[]> appendMany(Pool pool, Random random, int segments) throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            all.addAll(append(pool, random, 1 + random.nextInt(8), 2000));
        }
        return all;
    }

    static void assertReads(Pool pool, List<byte[]> chunks) throws IOException {
        List<ChunkRef> refs = TestSegments.refs(chunks);
        assertThat(pool.missing(refs).cardinality()).as("missing").isZero();
        int[] seen = new int[1];
        pool.read(refs, (index, ref, data) -> {
            assertThat(index).isEqualTo(seen[0]++);
            assertThat(data.toArray()).isEqualTo(chunks.get(index));
        });
        assertThat(seen[0]).isEqualTo(chunks.size());
    }

    static Snapshot snapshot(String id, ChunkRef root) {
        return snapshot(id, root, new Fence(1, 7));
    }

    static Snapshot snapshot(String id, ChunkRef root, Fence fence) {
        return new Snapshot(
                id,
                "finance",
                "seoul",
                "tree",
                CLOCK.instant(),
                "attempt-1",
                fence,
                "monthly",
                root,
                2,
                17,
                4711,
                new TreeMap<>());
    }

    static Path newestContainer(FaultDisk disk) throws IOException {
        Path containers = new PoolLayout(ROOT).containers();
        return containers.resolve(disk.list(containers).getLast());
    }
}
