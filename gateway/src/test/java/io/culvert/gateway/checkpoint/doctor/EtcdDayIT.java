package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.EtcdCheckpointStore;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.checkpoint.doctor.MemberReading.State;
import io.culvert.gateway.testing.EtcdCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of a large site in a real etcd with a quota of 64 MiB: a hundred jobs run at any time, each of which writes its checkpoint every
 * second and ends after a quarter of an hour, and every dataset has run before. The gateway looks after the database as it does, by
 * the time that is simulated.
 *
 * <p>{@code -Dculvert.etcd.day=86400} is how many seconds of it, {@code -Dculvert.etcd.datasets=10000} how many datasets; if nothing is said,
 * long enough for two compactions. Without any, the quota is full after 26 minutes.
 */
@Timeout(4 * 3600)
final class EtcdDayIT {

    private static final int QUOTA_BYTES = 64 << 20;
    private static final int SECONDS = Integer.getInteger("culvert.etcd.day", 350);
    private static final int DATASETS = Integer.getInteger("culvert.etcd.datasets", 1000);
    private static final Duration LOOK_EACH = Duration.ofSeconds(20);
    private static final Duration MEASURE_EACH = Duration.ofMinutes(90);
    private static final Instant START = Instant.parse("2026-11-30T00:00:00Z");

    @TempDir
    Path directory;

    private final InstantSource clock = this::now;
    private Instant now = START;
    private int compactions;
    private int defragmentations;
    private long largestDatabaseBytes;
    private long largestInUseBytes;

    private Instant now() {
        return now;
    }

    /** What {@link EtcdDoctor} has its caretaker do. */
    private final class Cares implements Caretaker.Work {
        private final Upkeep upkeep;
        private final Backups backups;

        Cares(ClusterReader reader, Backups backups) {
            this.upkeep = new Upkeep(reader, clock, new ReentrantLock());
            this.backups = backups;
        }

        @Override
        public void backUp() throws IOException, InterruptedException {
            backups.make();
        }

        @Override
        public void compact() throws IOException, InterruptedException {
            upkeep.compact();
            compactions++;
        }

        @Override
        public void defragment() throws IOException, InterruptedException {
            upkeep.defragment((member, before, after, took) -> defragmentations++);
        }
    }

    @Test
    void aDayOfALargeSiteFitsInto64Mebibytes() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(directory, 1, null, "--quota-backend-bytes=" + QUOTA_BYTES)) {
            var settings = new EtcdSettings(
                    etcd.endpoints(), null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT);
            try (var store = EtcdCheckpointStore.open(settings, directory.resolve("memory"), InstantSource.system());
                    ClusterReader reader = new ClusterReader(settings)) {
                SiteLoad load = new SiteLoad(store, DATASETS);
                load.everyDatasetRunsOnce(START);
                Backups backups = new Backups(reader, directory.resolve("backups"), clock);
                Caretaker caretaker = new Caretaker("seoul", new Cares(reader, backups));
                for (int second = 0; second < SECONDS; second++) {
                    now = START.plusSeconds(second);
                    load.second(second, now);
                    if (second % LOOK_EACH.toSeconds() == 0) {
                        look(reader, caretaker, backups);
                    }
                    if (second % MEASURE_EACH.toSeconds() == 0 || second == SECONDS - 1) {
                        measured(second, state(reader.read(now)));
                    }
                }
                assertThat(compactions).isGreaterThanOrEqualTo(SECONDS / (int) Caretaker.COMPACT_EACH.toSeconds());
                assertThat(largestDatabaseBytes).isLessThan(QUOTA_BYTES / 2);
                assertThat(load.records()).isGreaterThanOrEqualTo((long) SiteLoad.RUNNING * SECONDS);
                assertThat(store.ended().jobs()).hasSize(EtcdCheckpointStore.MAX_ENDED);
            }
        }
    }

    private void look(ClusterReader reader, Caretaker caretaker, Backups backups) throws Exception {
        ClusterReading reading = reader.read(now);
        State state = state(reading);
        assertThat(state.errors()).as("alarms at %s", now).isEmpty();
        largestDatabaseBytes = Math.max(largestDatabaseBytes, state.databaseBytes());
        largestInUseBytes = Math.max(largestInUseBytes, state.inUseBytes());
        var around = new Thresholds.Around(Dated.NONE, Dated.NONE, List.of(), Duration.ZERO, 0, 0, Duration.ZERO);
        List<Check> checks = Thresholds.judge(reading, Optional.empty(), around);
        caretaker.look(now, backups.newest(), checks, true);
    }

    private static State state(ClusterReading reading) {
        return reading.members().getFirst().state().orElseThrow();
    }

    private void measured(int second, State state) {
        System.err.printf(
                Locale.ROOT,
                "MEASURED %s: revision %d, database %.1f MiB, in use %.1f MiB; largest so far %.1f and %.1f MiB,"
                        + " %d compactions, %d defragmentations%n",
                Duration.ofSeconds(second),
                state.revision(),
                mebibytes(state.databaseBytes()),
                mebibytes(state.inUseBytes()),
                mebibytes(largestDatabaseBytes),
                mebibytes(largestInUseBytes),
                compactions,
                defragmentations);
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
