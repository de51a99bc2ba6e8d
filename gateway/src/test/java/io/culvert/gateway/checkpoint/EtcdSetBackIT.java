package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real etcd that is restored from a snapshot of the past: its revisions begin again below fences that receivers have seen, and its old
 * owners and leases come alive again.
 */
@Timeout(180)
final class EtcdSetBackIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    private EtcdCluster cluster;
    private EtcdProcess etcd;

    @BeforeEach
    void startEtcd() throws Exception {
        cluster = EtcdCluster.start(directory, 1);
        etcd = cluster.members().getFirst();
    }

    @AfterEach
    void stopEtcd() throws Exception {
        cluster.close();
    }

    private EtcdCheckpointStore open() throws Exception {
        var settings = new EtcdSettings(
                cluster.endpoints(), null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT);
        return EtcdCheckpointStore.open(settings, directory.resolve("etcd-seen"), InstantSource.system());
    }

    private Path snapshot() throws Exception {
        Path file = directory.resolve("snapshot.db");
        Path etcdctl = DebianPackage.require("etcd-client", "etcdctl");
        Shell.run(
                directory,
                "ETCDCTL_API=3 '%s' --endpoints '%s' snapshot save '%s'".formatted(etcdctl, etcd.endpoint(), file));
        return file;
    }

    private void setBackTo(Path snapshot) throws Exception {
        etcd.kill();
        etcd.restore(snapshot);
        etcd.start();
        etcd.awaitReady();
    }

    private static Fence write(CheckpointStore store, int times) throws Exception {
        Ownership ownership = store.claim("j1", Samples.DEAF);
        for (int i = 1; i <= times; i++) {
            store.write(ownership, running("j1", "a1", i));
        }
        return ownership.fence();
    }

    @Test
    void aGatewayThatWasDownMeanwhileBeginsANewEpoch() throws Exception {
        Path past;
        try (var store = open()) {
            write(store, 1);
            past = snapshot();
        }
        Fence known;
        try (var store = open()) {
            store.claim("other", Samples.DEAF);
            known = write(store, 50);
        }
        setBackTo(past);
        Fence fresh;
        try (var store = open()) {
            fresh = write(store, 1);
            assertThat(fresh).as("what receivers refuse below %s", known).isGreaterThan(known);
            assertThat(store.setBacks()).isEqualTo(1);
        }
        try (var store = open()) {
            assertThat(write(store, 1).epoch()).as("once only").isEqualTo(fresh.epoch());
        }
    }

    @Test
    void aGatewayThatRunsLosesWhatItOwnedAndBeginsANewEpoch() throws Exception {
        try (var store = open()) {
            List<String> losses = new CopyOnWriteArrayList<>();
            store.claim("early", Samples.DEAF);
            Path past = snapshot();
            Ownership owned = store.claim("j1", (ownership, reason) -> losses.add(reason));
            for (int i = 1; i <= 50; i++) {
                store.write(owned, running("j1", "a1", i));
            }
            setBackTo(past);
            Await.until("the loss is told", SOON, () -> !losses.isEmpty());
            Fence[] fresh = new Fence[1];
            Await.until("it is claimed again", SOON, () -> {
                try {
                    fresh[0] = store.claim("j1", Samples.DEAF).fence();
                    return true;
                } catch (StoreUnavailableException e) {
                    return false;
                }
            });
            assertThat(fresh[0]).isGreaterThan(owned.fence());
            assertThat(store.read("j1"))
                    .as("what the past does not have is not believed")
                    .isEmpty();
        }
    }

    @Test
    void aMemoryThatCannotBeUnderstoodCostsAnEpochAndNothingElse() throws Exception {
        Fence known;
        try (var store = open()) {
            known = write(store, 3);
        }
        Files.writeString(directory.resolve("etcd-seen"), "culvert-etcd-seen 1 \u0000\u0000\u0000");
        try (var store = open()) {
            assertThat(write(store, 1).epoch()).isGreaterThan(known.epoch());
        }
    }
}
