package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * One thread appends, forces, publishes and deletes on a disk that stops at a random change, loses its power or only its
 * process, fills up, and fails to fsync; the same seed does the same ({@link ConcurrentPoolTest} has real threads and is not
 * repeatable). After each recovery:
 *
 * <ol>
 *   <li>every chunk that a returned force covered is read back, byte for byte;
 *   <li>every chunk that the pool claims to have is read back, byte for byte;
 *   <li>every snapshot that was published is there until deleted, and each that is there has its root;
 *   <li>no fence has gone back;
 *   <li>nothing is called damaged, for nothing was.
 * </ol>
 *
 * {@code -Dculvert.pool.seeds=N} runs more; {@code -Dculvert.pool.seed=N} runs one.
 */
final class PoolSimulationTest {

    private static final int SEEDS = Integer.getInteger("culvert.pool.seeds", 200);
    private static final int LIVES = 5;

    @Test
    void losesNothingThatWasAcknowledgedWhereverTheMachineStops() {
        Integer only = Integer.getInteger("culvert.pool.seed");
        int first = only == null ? 0 : only;
        int end = only == null ? SEEDS : only + 1;
        int lives = 0;
        for (int seed = first; seed < end; seed++) {
            try {
                lives += new World(seed).run();
            } catch (IOException | RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(lives).as("the machine did stop early in many").isGreaterThan((end - first) * LIVES / 3);
    }

    private static final class World {
        private final Random random;
        private final FaultDisk disk = new FaultDisk();
        private final Map<Fingerprint, byte[]> all = new HashMap<>();
        private final Set<Fingerprint> unforced = new HashSet<>();
        private final Set<Fingerprint> acknowledged = new HashSet<>();
        private final Set<String> published = new HashSet<>();
        private final Set<String> maybePublished = new HashSet<>();
        private long fence;
        private int snapshots;

        World(int seed) {
            this.random = new Random(seed);
        }

        int run() throws IOException {
            int stopped = 0;
            for (int life = 0; life < LIVES; life++) {
                disk.stopAfter(random.nextInt(300));
                disk.capacity(Long.MAX_VALUE);
                stopped += live() ? 0 : 1;
                end();
                check();
            }
            return stopped;
        }

        private boolean live() {
            try (Pool pool = PoolFixture.open(disk)) {
                for (int step = 0; step < 40; step++) {
                    step(pool);
                }
                pool.force();
                acknowledged.addAll(unforced);
                return true;
            } catch (IOException stopped) {
                return false;
            }
        }

        private void step(Pool pool) throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> force(pool);
                case 3 -> publish(pool);
                case 4 -> advance(pool);
                case 5 -> delete(pool);
                case 6 -> fillUp(pool);
                case 7 -> failForce(pool);
                default -> append(pool);
            }
        }

        private void append(Pool pool) throws IOException {
            List<byte[]> chunks = TestSegments.chunks(random, 1 + random.nextInt(6), 1500);
            if (!all.isEmpty() && random.nextInt(4) == 0) {
                chunks.add(all.values().iterator().next());
            }
            for (byte[] chunk : chunks) {
                all.put(TestSegments.fingerprint(chunk), chunk);
            }
            pool.append(TestSegments.passing(chunks), "attempt");
            chunks.forEach(chunk -> unforced.add(TestSegments.fingerprint(chunk)));
        }

        private void force(Pool pool) throws IOException {
            pool.force();
            acknowledged.addAll(unforced);
            unforced.clear();
        }

        private void publish(Pool pool) throws IOException {
            append(pool);
            byte[] root = all.values().stream()
                    .filter(bytes -> unforced.contains(TestSegments.fingerprint(bytes)))
                    .findFirst()
                    .orElseThrow();
            ChunkRef ref = TestSegments.ref(root);
            Snapshot snapshot = new Snapshot(
                    String.format("20260131T12%04d-0123abcd", snapshots++),
                    "finance",
                    "seoul",
                    "tree",
                    CLOCK.instant(),
                    "attempt",
                    new Fence(1, fence),
                    "",
                    ref,
                    0,
                    1,
                    1,
                    new TreeMap<>());
            maybePublished.add(snapshot.id());
            pool.snapshots().publish(snapshot, pool.proveClosure(ref, checked -> {
                assertThat(pool.missing(List.of(checked)).isEmpty()).isTrue();
            }));
            acknowledged.addAll(unforced);
            unforced.clear();
            published.add(snapshot.id());
        }

        private void advance(Pool pool) throws IOException {
            long next = fence + random.nextInt(3);
            pool.fences().advance("seoul", "finance", new Fence(1, next));
            fence = next;
        }

        private void delete(Pool pool) throws IOException {
            if (!published.isEmpty()) {
                String id = published.iterator().next();
                published.remove(id);
                assertThat(pool.snapshots().delete(id)).isTrue();
                maybePublished.remove(id);
            }
        }

        private void fillUp(Pool pool) throws IOException {
            disk.capacity(disk.usedBytes() + random.nextInt(3000));
            try {
                append(pool);
                append(pool);
            } catch (PoolFullException full) {
                assertThat(full).hasMessageContaining("is full");
            }
            disk.capacity(Long.MAX_VALUE);
        }

        private void failForce(Pool pool) throws IOException {
            append(pool);
            disk.failForceOf(path -> path.toString().endsWith(".seg"));
            try {
                pool.force();
            } catch (IOException failed) {
                assertThat(failed.getMessage()).containsAnyOf("Input/output error", "the machine has stopped");
            } finally {
                disk.failForceOf(path -> false);
            }
            unforced.clear();
            pool.writer();
        }

        private void end() {
            disk.capacity(Long.MAX_VALUE);
            disk.failForceOf(path -> false);
            if (random.nextBoolean()) {
                disk.cutPower(random);
            } else {
                disk.kill();
            }
            unforced.clear();
        }

        private void check() throws IOException {
            try (Pool pool = PoolFixture.open(disk)) {
                assertThat(pool.recovery().damages()).isEmpty();
                List<byte[]> here = new ArrayList<>();
                for (Map.Entry<Fingerprint, byte[]> chunk : all.entrySet()) {
                    boolean present = pool.contains(chunk.getKey());
                    assertThat(present || !acknowledged.contains(chunk.getKey()))
                            .as("acknowledged chunk %s", chunk.getKey())
                            .isTrue();
                    if (present) {
                        here.add(chunk.getValue());
                    }
                }
                PoolFixture.assertReads(pool, here);
                checkSnapshots(pool);
                assertThat(pool.fences().highest("seoul", "finance").orElse(new Fence(1, 0)))
                        .isGreaterThanOrEqualTo(new Fence(1, fence));
                fence = pool.fences()
                        .highest("seoul", "finance")
                        .map(Fence::revision)
                        .orElse(0L);
                assertThat(pool.verify((done, total, damages) -> {}).damages()).isEmpty();
            }
        }

        private void checkSnapshots(Pool pool) throws IOException {
            SnapshotList list = pool.snapshots().list();
            assertThat(list.damaged()).isEmpty();
            List<String> ids = list.snapshots().stream().map(Snapshot::id).toList();
            assertThat(ids).containsAll(published);
            assertThat(maybePublished).containsAll(ids);
            published.addAll(ids);
            for (Snapshot snapshot : list.snapshots()) {
                assertThat(pool.missing(List.of(snapshot.root())).isEmpty()).isTrue();
            }
        }
    }
}
