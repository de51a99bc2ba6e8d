package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckpointWriterTest {
    private final InMemoryCheckpointStore.Backend backend = new InMemoryCheckpointStore.Backend();
    private final CheckpointStore store = new InMemoryCheckpointStore(backend, "gw1");

    @Test
    void flushReturnsWhenTheLastSubmittedIsDurable() throws Exception {
        Ownership ownership = store.claim("j1", DEAF);
        try (var writer = new CheckpointWriter(store)) {
            for (int i = 1; i <= 1000; i++) {
                writer.submit(ownership, running("j1", "a1", i));
            }
            writer.flush("j1");
            StoredCheckpoint stored = store.read("j1").orElseThrow();
            assertThat(stored.checkpoint()).isEqualTo(running("j1", "a1", 1000));
            assertThat(stored.sequence()).as("writes for 1000 submissions").isLessThan(10);
            writer.flush("j1");
            writer.flush("unknown");
        }
    }

    @Test
    void closingWritesWhatIsPending() throws Exception {
        List<Ownership> ownerships = new ArrayList<>();
        try (var writer = new CheckpointWriter(store)) {
            for (int i = 0; i < 150; i++) {
                ownerships.add(store.claim("j" + i, DEAF));
            }
            for (int i = 0; i < 3; i++) {
                for (Ownership ownership : ownerships) {
                    writer.submit(ownership, running(ownership.jobId(), "a1", i));
                }
            }
        }
        for (Ownership ownership : ownerships) {
            assertThat(store.read(ownership.jobId()))
                    .map(StoredCheckpoint::checkpoint)
                    .contains(running(ownership.jobId(), "a1", 2));
        }
    }

    @Test
    void flushSaysThatTheOwnershipIsLostAsOftenAsItIsAsked() throws Exception {
        Ownership ownership = store.claim("j1", DEAF);
        try (var writer = new CheckpointWriter(store)) {
            writer.submit(ownership, running("j1", "a1", 1));
            writer.flush("j1");
            backend.expire("j1");
            writer.submit(ownership, running("j1", "a1", 2));
            assertThatThrownBy(() -> writer.flush("j1")).isInstanceOf(FencedException.class);
            writer.submit(ownership, running("j1", "a1", 3));
            assertThatThrownBy(() -> writer.flush("j1")).isInstanceOf(FencedException.class);
            Ownership next = store.claim("j1", DEAF);
            writer.submit(next, running("j1", "a2", 4));
            writer.flush("j1");
            assertThat(store.read("j1")).map(StoredCheckpoint::fence).contains(next.fence());
        }
    }

    @Test
    void whatAStoreThatIsAwayDidNotTakeIsWrittenWhenItIsBack() throws Exception {
        Ownership ownership = store.claim("j1", DEAF);
        try (var writer = new CheckpointWriter(store)) {
            backend.setAway(true);
            writer.submit(ownership, running("j1", "a1", 1));
            assertThatThrownBy(() -> writer.flush("j1")).isInstanceOf(StoreUnavailableException.class);
            backend.setAway(false);
            writer.flush("j1");
            assertThat(store.read("j1")).map(StoredCheckpoint::checkpoint).contains(running("j1", "a1", 1));
        }
    }

    @Test
    void closingDoesNotWaitForAStoreThatIsAway() throws Exception {
        Ownership ownership = store.claim("j1", DEAF);
        var writer = new CheckpointWriter(store);
        backend.setAway(true);
        writer.submit(ownership, running("j1", "a1", 1));
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.submit(ownership, running("j1", "a1", 2)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.flush("j1")).isInstanceOf(StoreUnavailableException.class);
    }
}
