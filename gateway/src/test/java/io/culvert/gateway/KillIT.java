package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.SnapshotView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Gateways are killed and the line is cut at random moments of a real replication; the job must go on by itself, to a
 * snapshot that is whole, and send again no more than what was on its way (rules 2 and 3).
 *
 * <p>{@code -Dculvert.kill.rounds=N} runs more rounds, {@code -Dculvert.kill.seed=S} repeats one.
 */
final class KillIT {

    private static final long SEED = Long.getLong("culvert.kill.seed", 20_260_131);
    private static final int ROUNDS = Integer.getInteger("culvert.kill.rounds", 1);
    private static final int INTERRUPTIONS = 3;

    /** Incompressible bytes of a round, so that bytes on the wire are bytes of the source. */
    private static final long RANDOM_BYTES = 72L << 20;

    private static final long TEXT_BYTES = 40L << 20;

    /** What an interruption may cost: the window without acknowledgement; the product of this line is far smaller. */
    private static final long WINDOW_BYTES = 16L << 20;

    /** Questions about chunks that the far site has, the handshake, pings: of an attempt. */
    private static final long ATTEMPT_OVERHEAD_BYTES = 2L << 20;

    /** Framing, TLS, the questions of the first attempt, and how differently segments may be packed. */
    private static final double OVERHEAD = 1.04;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private enum Blow {
        KILL_NEAR,
        KILL_FAR,
        KILL_BOTH,
        CUT,
        BLACK_HOLE
    }

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(source());
        SITES.near().settings("""
                peers:
                  far: {bandwidth: [{limit: 160Mbit/s}]}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(source()));
        SITES.far().settings("""
                grants:
                  near: {write: [main], read: [data]}
                """);
        SITES.startAndEnrol();
    }

    private static Path source() {
        return SITES.directory().resolve("source");
    }

    @TestFactory
    List<DynamicTest> theJobGoesOnByItselfAndTheSnapshotIsWhole() {
        return java.util.stream.LongStream.range(0, ROUNDS)
                .mapToObj(
                        round -> DynamicTest.dynamicTest("seed " + (SEED + round), () -> new Round(SEED + round).run()))
                .toList();
    }

    /** One replication of new data, with blows. */
    private static final class Round {
        private final long seed;
        private final Random random;
        private final Set<String> seen = new ConcurrentSkipListSet<>();
        private long acknowledgedBytes;
        private long lastAcknowledgedBytes;
        private volatile boolean over;

        Round(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() throws Exception {
            writeSource();
            Set<String> before = snapshots();
            long usedBefore = pool().usedBytes();
            long wireBefore = SITES.line().fromTargetBytes();
            Thread watcher = Thread.ofVirtual().start(this::watch);
            String job = SITES.near().beginToReplicate("data");
            for (int i = 1; i <= INTERRUPTIONS; i++) {
                long moment = RANDOM_BYTES * i / (INTERRUPTIONS + 1) - random.nextLong(RANDOM_BYTES / 8);
                awaitWire(job, wireBefore + moment);
                Blow blow = Blow.values()[random.nextInt(Blow.values().length)];
                System.err.println("seed " + seed + ": " + blow + " after " + moment + " bytes");
                strike(blow);
            }
            awaitDone(job);
            over = true;
            watcher.join();
            long wireBytes = SITES.line().fromTargetBytes() - wireBefore;
            long stored = pool().usedBytes() - usedBefore;
            check(before, wireBytes, stored);
        }

        private void writeSource() throws Exception {
            Shell.run(
                    source(),
                    "rm -rf -- *; mkdir small; for i in $(seq 1500); do echo \"$i %d\" > small/$i; done"
                            .formatted(seed));
            byte[] block = new byte[1 << 20];
            try (OutputStream out = Files.newOutputStream(source().resolve("random"))) {
                for (long written = 0; written < RANDOM_BYTES; written += block.length) {
                    random.nextBytes(block);
                    out.write(block);
                }
            }
            Shell.run(source(), "seq %d 9999999 | head -c %d > text || true".formatted(1000 + seed % 1000, TEXT_BYTES));
        }

        /** Looks again and again at what far lists; whatever is listed must turn out to be whole. */
        private void watch() {
            while (!over) {
                try {
                    SITES.far().client().snapshots(Optional.empty(), Optional.empty()).stream()
                            .map(SnapshotView::id)
                            .forEach(seen::add);
                } catch (OperationException down) {
                    // Far was killed, as it should be.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        /** Waits until so many bytes have passed, and notes what was acknowledged. */
        private void awaitWire(String job, long bytes) throws Exception {
            Await.until(bytes + " bytes on the wire", Site.PATIENCE, () -> {
                noteAcknowledged(job);
                return SITES.line().fromTargetBytes() >= bytes || isDone(job);
            });
        }

        private Optional<JobView> noteAcknowledged(String job) {
            Optional<JobView> view = SITES.near().job(job);
            view.ifPresent(now -> lastAcknowledgedBytes = now.progress().acknowledgedBytes());
            return view;
        }

        private void strike(Blow blow) throws Exception {
            switch (blow) {
                case KILL_NEAR -> {
                    SITES.near().kill();
                    nearForgotItsCounters();
                    SITES.near().start();
                }
                case KILL_FAR -> {
                    SITES.far().kill();
                    SITES.far().start();
                }
                case KILL_BOTH -> {
                    SITES.near().kill();
                    nearForgotItsCounters();
                    SITES.far().kill();
                    SITES.far().start();
                    SITES.near().start();
                }
                case CUT -> SITES.line().cut();
                case BLACK_HOLE -> {
                    long connections = SITES.near().stream("far").orElseThrow().connections();
                    SITES.line().blackHole(true);
                    Await.until(
                            "near notices the dead path",
                            Site.PATIENCE,
                            () -> SITES.near().stream("far")
                                    .filter(stream -> stream.connections() > connections
                                            || !stream.reason().isEmpty())
                                    .isPresent());
                    SITES.line().blackHole(false);
                    SITES.line().cut();
                }
            }
        }

        private void nearForgotItsCounters() {
            acknowledgedBytes += lastAcknowledgedBytes;
            lastAcknowledgedBytes = 0;
        }

        private boolean isDone(String job) {
            return SITES.near().job(job).filter(view -> view.state().hasEnded()).isPresent();
        }

        private void awaitDone(String job) throws Exception {
            Await.until(
                    "job " + job + " ends",
                    Duration.ofMinutes(4),
                    () -> noteAcknowledged(job)
                            .filter(view -> view.state().hasEnded())
                            .isPresent());
            JobView ended = noteAcknowledged(job).orElseThrow();
            assertThat(ended.state()).as("%s", ended).isEqualTo(JobState.DONE);
            acknowledgedBytes += lastAcknowledgedBytes;
        }

        private void check(Set<String> before, long wireBytes, long storedBytes) throws Exception {
            System.err.println("seed " + seed + ": " + storedBytes + " bytes stored, " + wireBytes + " sent, "
                    + acknowledgedBytes + " acknowledged");
            assertThat(wireBytes)
                    .as("bytes from near to far, of which %s were needed", storedBytes)
                    .isLessThan(
                            (long) (storedBytes * OVERHEAD) + INTERRUPTIONS * (WINDOW_BYTES + ATTEMPT_OVERHEAD_BYTES));
            assertThat(acknowledgedBytes)
                    .as("what was acknowledged was sent once")
                    .isLessThan((long) (storedBytes * OVERHEAD));
            Set<String> now = snapshots();
            assertThat(now).as("what was listed while the job ran stays").containsAll(seen);
            now.removeAll(before);
            assertThat(now).isNotEmpty();
            for (String id : now) {
                SITES.far().assertRestores(id, source());
            }
            SITES.far().run("verify").succeeded();
        }

        private static Set<String> snapshots() throws IOException {
            JsonNode listed = SITES.far()
                    .run("snapshot", "list", "--output", "json")
                    .succeeded()
                    .json();
            Set<String> ids = new ConcurrentSkipListSet<>();
            listed.forEach(snapshot -> ids.add(snapshot.path("id").asText()));
            return ids;
        }

        private static PoolView pool() throws OperationException {
            return SITES.far().client().pool("main");
        }
    }
}
