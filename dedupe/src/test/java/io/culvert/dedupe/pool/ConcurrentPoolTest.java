package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several sessions at once, on threads of their own. */
final class ConcurrentPoolTest {

    private static final int SESSIONS = 6;
    private static final int SEEDS = Integer.getInteger("culvert.pool.concurrentSeeds", 40);

    @Test
    void keepsWhatConcurrentSessionsWereToldIsDurableThroughACrash() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultDisk disk = new FaultDisk();
            Random random = new Random(seed);
            Map<byte[], Boolean> acknowledged = new ConcurrentHashMap<>();
            Pool pool = PoolFixture.open(disk);
            disk.stopAfter(random.nextInt(300));
            run(SESSIONS, session -> appendAndForce(pool, new Random(session), acknowledged));
            if (random.nextBoolean()) {
                disk.cutPower(random);
            } else {
                disk.kill();
            }
            try (Pool again = PoolFixture.open(disk)) {
                assertThat(again.recovery().damages()).as("seed %d", seed).isEmpty();
                PoolFixture.assertReads(again, List.copyOf(acknowledged.keySet()));
            }
        }
    }

    @Test
    void readsWhileOthersAppendAndMerge() throws Exception {
        FaultDisk disk = new FaultDisk();
        try (Pool pool = Pool.open(PoolFixture.settings(0), PoolFixture.CLOCK, disk, Maintenance.ownThread("main"))) {
            run(SESSIONS, session -> {
                Random random = new Random(session);
                List<byte[]> mine = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    List<byte[]> chunks = TestSegments.chunks(random, 1000, 40);
                    pool.append(TestSegments.passing(chunks), "attempt-" + session);
                    mine.addAll(chunks);
                    PoolFixture.assertReads(pool, mine.subList(Math.max(0, mine.size() - 1500), mine.size()));
                }
                assertThat(pool.missing(TestSegments.refs(mine)).cardinality()).isZero();
            });
            assertThat(pool.usage().trouble()).isEmpty();
            assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
    }

    @Test
    void oneForceServesAllWhoWaitForIt() throws Exception {
        GroupCommit commit = new GroupCommit();
        AtomicInteger appended = new AtomicInteger();
        AtomicInteger forces = new AtomicInteger();
        AtomicInteger inside = new AtomicInteger();
        run(32, session -> {
            for (int i = 0; i < 200; i++) {
                int mine = appended.incrementAndGet();
                commit.await(0, mine, () -> {
                    int all = appended.get();
                    assertThat(inside.incrementAndGet()).isOne();
                    forces.incrementAndGet();
                    Thread.yield();
                    inside.decrementAndGet();
                    return all;
                });
            }
        });
        assertThat(forces.get()).isLessThan(32 * 200);
    }

    private static void appendAndForce(Pool pool, Random random, Map<byte[], Boolean> acknowledged) {
        try {
            for (int i = 0; i < 20; i++) {
                List<byte[]> chunks = PoolFixture.append(pool, random, 1 + random.nextInt(4), 2000);
                if (random.nextInt(3) > 0) {
                    pool.force();
                    chunks.forEach(chunk -> acknowledged.put(chunk, true));
                }
            }
        } catch (IOException stopped) {
            assertThat(stopped.getMessage()).contains("the machine has stopped");
        }
    }

    @FunctionalInterface
    private interface Session {
        void run(int number) throws Exception;
    }

    private static void run(int sessions, Session session) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    session.run(number);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }
}
