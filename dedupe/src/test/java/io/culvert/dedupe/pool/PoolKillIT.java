package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child process appends and says on its standard output what a force has covered; it is killed at a random moment, and
 * the pool opened again. {@code -Dculvert.pool.kills=N} sets the number of rounds.
 */
final class PoolKillIT {

    private static final int ROUNDS = Integer.getInteger("culvert.pool.kills", 10);

    @TempDir
    Path directory;

    @Test
    void bringsBackWhatWasAcknowledgedBeforeTheKill() throws IOException, InterruptedException {
        PoolSettings settings = PoolWriterProcess.settings(directory);
        Random random = new Random(77);
        int acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Integer> told = runAndKill(round, 1 + random.nextInt(60));
            acknowledged += told.size();
            try (Pool pool = Pool.open(settings, InstantSource.system())) {
                assertThat(pool.recovery().damages()).as("round %d", round).isEmpty();
                for (int segment : told) {
                    PoolFixture.assertReads(pool, PoolWriterProcess.chunks(round, segment));
                }
                assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
            }
        }
        assertThat(acknowledged).isGreaterThan(ROUNDS);
    }

    /** Kills the child once it has acknowledged so many segments; answers all that it did acknowledge. */
    private List<Integer> runAndKill(int round, int after) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xlog:disable",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PoolWriterProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(round))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Integer> told = new ArrayList<>();
        try (BufferedReader lines = child.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told.add(Integer.valueOf(line));
                if (told.size() == after) {
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return told;
    }
}
