package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedCheckpointStoreTest extends CheckpointStoreContract {
    @TempDir
    Path directory;

    @Override
    CheckpointStore open(String gateway) throws Exception {
        return EmbeddedCheckpointStore.open(directory, gateway, InstantSource.system());
    }

    @Test
    void isForOneGatewayOnlyAndSaysSo() throws Exception {
        assertThat(store("gw1").state().sentence()).endsWith("for this gateway only");
        assertThatThrownBy(() -> open("gw2"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("open in another gateway")
                .hasMessageContaining("etcd");
    }

    @Test
    void staysSmallUnderManyWrites() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        StoredCheckpoint last = store.write(ownership, Samples.largest("j1"));
        EndedJob ended = Samples.largestEnded("j1");
        store.noteEnd(ownership, ended);
        for (int i = 0; i < 1000; i++) {
            last = store.write(ownership, Samples.largest("j1"));
        }
        assertThat(Files.size(directory.resolve("checkpoints.log"))).isLessThan((1 << 20) + 8192);
        assertThat(store.write(ownership, running("j1", "a1", 1)).sequence()).isEqualTo(last.sequence() + 1);
        store.close();
        CheckpointStore reopened = store("gw1");
        assertThat(reopened.read("j1")).map(StoredCheckpoint::sequence).contains(last.sequence() + 1);
        assertThat(reopened.ended().jobs()).containsExactly(ended);
        assertThat(reopened.claim("j1", DEAF).fence()).isGreaterThan(ownership.fence());
    }
}
