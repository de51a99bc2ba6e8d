package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child process owns a pool and is stopped (SIGSTOP) wherever it is; its lease ends, this process takes the pool over
 * and works; the child goes on (SIGCONT) until it is refused. {@code -Dculvert.pool.stops=N} sets the number of rounds.
 */
final class PoolTakeoverIT {

    private static final int ROUNDS = Integer.getInteger("culvert.pool.stops", 10);

    @TempDir
    Path directory;

    /** Publishes a snapshot whose root is the first chunk of a segment. */
    static void publish(Pool pool, int round, int segment) throws IOException {
        ChunkRef root =
                TestSegments.ref(PoolWriterProcess.chunks(round, segment).getFirst());
        Snapshot snapshot = PoolFixture.snapshot(id(round, segment), root);
        pool.snapshots().publish(snapshot, pool.proveClosure(root, checked -> {}));
    }

    private static String id(int round, int segment) {
        return String.format(Locale.ROOT, "20260131T%06d-%08x", segment, round);
    }

    @Test
    void losesNothingAndTakesNothingFromAnOwnerThatWasStopped() throws IOException, InterruptedException {
        Random random = new Random(13);
        for (int round = 0; round < ROUNDS; round++) {
            int revision = 2 * round + 1;
            Path lease = Files.createFile(directory.resolve("lease-" + round));
            Process child = start(round, revision);
            try (BufferedReader lines = child.inputReader()) {
                List<String> told = read(lines, 1 + random.nextInt(40));
                assertThat(Commands.run("kill", "-STOP", Long.toString(child.pid())))
                        .isTrue();
                Files.delete(lease);
                try (Pool pool = open(revision + 1)) {
                    List<String> found = ids(pool);
                    append(pool, ROUNDS + round, 20);
                    assertThat(Commands.run("kill", "-CONT", Long.toString(child.pid())))
                            .isTrue();
                    told.addAll(lines.lines().toList());
                    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(child.exitValue())
                            .as("closed without a complaint")
                            .isZero();
                    assertThat(told.removeLast()).startsWith("refused: child-" + round + " (fence 1." + revision + ")");
                    append(pool, ROUNDS + round, 40);
                    publish(pool, ROUNDS + round, 0);
                    found.add(id(ROUNDS + round, 0));
                    check(pool, round, told, found);
                }
            } finally {
                child.destroyForcibly();
            }
            try (Pool pool = Pool.open(PoolWriterProcess.settings(directory), InstantSource.system())) {
                check(pool, round, List.of(), ids(pool));
            }
        }
    }

    private Pool open(int revision) throws IOException {
        PoolOwnership ownership = new PoolOwnership("parent", new Fence(1, revision), () -> {});
        return Pool.open(PoolOpening.of(PoolWriterProcess.settings(directory), InstantSource.system())
                .under(ownership));
    }

    private static void append(Pool pool, int round, int segments) throws IOException {
        for (int segment = 0; segment < segments; segment++) {
            pool.append(TestSegments.passing(PoolWriterProcess.chunks(round, segment)), "parent");
        }
        pool.force();
    }

    /** All that the child told of is there, and no snapshot but what was found at the takeover and made since. */
    private static void check(Pool pool, int round, List<String> told, List<String> snapshots) throws IOException {
        assertThat(ids(pool)).hasSameElementsAs(snapshots);
        for (String line : told) {
            if (line.startsWith("s")) {
                assertThat(snapshots).contains(id(round, Integer.parseInt(line.substring(1))));
            } else {
                PoolFixture.assertReads(pool, PoolWriterProcess.chunks(round, Integer.parseInt(line)));
            }
        }
        PoolFixture.assertReads(pool, PoolWriterProcess.chunks(ROUNDS + round, 39));
        assertThat(pool.recovery().damages()).isEmpty();
        assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
    }

    private static List<String> ids(Pool pool) throws IOException {
        SnapshotList list = pool.snapshots().list();
        assertThat(list.damaged()).isEmpty();
        return new ArrayList<>(list.snapshots().stream().map(Snapshot::id).toList());
    }

    private static List<String> read(BufferedReader lines, int count) throws IOException {
        List<String> told = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            told.add(line);
            if (told.size() == count) {
                break;
            }
        }
        assertThat(told).hasSize(count);
        return told;
    }

    private Process start(int round, int revision) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "-Xlog:disable",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OwnedWriterProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(round),
                        Integer.toString(revision))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
