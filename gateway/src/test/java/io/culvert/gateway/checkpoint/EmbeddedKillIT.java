package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process in the middle of its writes to the embedded store. */
@Waiting
final class EmbeddedKillIT {
    private static final int ROUNDS = 6;

    @Test
    void noConfirmedCheckpointIsLostAndEachLifeHasAGreaterFence(@TempDir Path directory) throws Exception {
        var random = new Random(7);
        Fence former = new Fence(0, 0);
        for (int round = 0; round < ROUNDS; round++) {
            long confirmed;
            try (StoreChild child = StoreChild.embedded(directory)) {
                confirmed = Long.parseLong(child.await("wrote"));
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(60)).toNanos());
                confirmed = Math.max(confirmed, child.kill());
            }
            try (CheckpointStore store = EmbeddedCheckpointStore.open(directory, "after", InstantSource.system())) {
                StoredCheckpoint found = store.read("j1").orElseThrow();
                assertThat(found.sequence()).isBetween(confirmed, confirmed + 1);
                assertThat(found.fence()).isGreaterThan(former);
                former = store.claim("j1", DEAF).fence();
                assertThat(former).isGreaterThan(found.fence());
            }
        }
    }
}
