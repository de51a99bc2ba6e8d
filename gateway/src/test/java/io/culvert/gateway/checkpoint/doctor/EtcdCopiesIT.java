package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A doctor hands over what it has backed up. */
@Waiting
@Timeout(180)
final class EtcdCopiesIT {

    @TempDir
    Path directory;

    /** Copies that nobody makes, of backups that are handed over each time. */
    private record Awaited(BlockingQueue<Instant> spread) implements Copies {
        @Override
        public List<Copy> list() {
            return List.of(new Copy("busan/main", Dated.NONE, "peer busan is awaited"));
        }

        @Override
        public void spread(Instant finished) {
            spread.add(finished);
        }
    }

    @Test
    void whatIsBackedUpIsToBeCopiedAndIsAnAlarmUntilItIs() throws Exception {
        Awaited copies = new Awaited(new LinkedBlockingQueue<>());
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1);
                EtcdDoctor doctor = EtcdDoctor.start(
                        new EtcdSettings(
                                cluster.endpoints(), null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT),
                        new EtcdDoctor.Care(true, directory.resolve("backups"), () -> true, copies),
                        new EtcdDoctor.Counters(() -> 0, () -> 0),
                        InstantSource.system())) {
            Instant begun = Instant.now();
            assertThat(copies.spread().poll(60, TimeUnit.SECONDS)).isNotNull().isBetween(begun, Instant.now());
            assertThat(doctor.alarms().values())
                    .containsExactly("backup at another site busan/main: none: what no copy has is lost with this host"
                            + " and its etcd; busan/main: peer busan is awaited");
        }
    }
}
