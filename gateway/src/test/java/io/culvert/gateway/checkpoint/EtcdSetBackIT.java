package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.checkpoint.doctor.Check;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Waiting;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real etcd that is restored from a snapshot of the past: its revisions begin again below fences that receivers have seen, and its old
 * owners and leases come alive again.
 */
@Waiting
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
        return open(cluster, "seoul/1", InstantSource.system());
    }

    private EtcdCheckpointStore open(EtcdCluster at, String gateway, InstantSource clock) throws Exception {
        var settings =
                new EtcdSettings(at.endpoints(), null, "/culvert", "seoul", gateway, EtcdSettings.Timing.DEFAULT);
        return EtcdCheckpointStore.open(settings, directory.resolve("etcd-seen-" + gateway.replace('/', '-')), clock);
    }

    private Path snapshot() throws Exception {
        Path file = directory.resolve("snapshot.db");
        cluster.ctl("ctl snapshot save '" + file + "'");
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
            assertThat(claimSoon(store, "j1").fence()).isGreaterThan(owned.fence());
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
        Files.writeString(directory.resolve("etcd-seen-seoul-1"), "culvert-etcd-seen 2 \u0000\u0000\u0000");
        try (var store = open()) {
            assertThat(write(store, 1).epoch()).isGreaterThan(known.epoch());
        }
    }

    private static Ownership claimSoon(CheckpointStore store, String job) throws Exception {
        AtomicReference<@Nullable Ownership> claimed = new AtomicReference<>();
        Await.until("it is claimed again", SOON, () -> {
            try {
                claimed.set(store.claim(job, Samples.DEAF));
                return true;
            } catch (StoreUnavailableException e) {
                return false;
            }
        });
        return Objects.requireNonNull(claimed.get());
    }

    @Test
    void twoGatewaysBeginANewEpochAndTheFencesOfAJobGrowWhoeverClaimsIt() throws Exception {
        try (var first = open(cluster, "seoul/1", InstantSource.system());
                var second = open(cluster, "seoul/2", InstantSource.system())) {
            first.release(first.claim("early", Samples.DEAF));
            Path past = snapshot();
            Fence known = new Fence(0, 0);
            for (CheckpointStore store : List.of(first, second)) {
                Ownership owned = store.claim("j1", Samples.DEAF);
                for (int i = 1; i <= 10; i++) {
                    store.write(owned, running("j1", "a1", i));
                }
                store.release(owned);
                known = owned.fence();
            }
            setBackTo(past);
            for (EtcdCheckpointStore store : List.of(first, second)) {
                Await.until("it is noticed", SOON, () -> store.setBacks() == 1 && store.isLive());
            }
            for (CheckpointStore store : List.of(second, first, second, first)) {
                Ownership owned = claimSoon(store, "j1");
                assertThat(owned.fence()).isGreaterThan(known);
                known = owned.fence();
                store.release(owned);
            }
        }
    }

    @Test
    void theWrongClusterAndAClockThatIsAnHourOffAreNotBelieved() throws Exception {
        InstantSource ahead = () -> Instant.now().plus(Duration.ofHours(1));
        Fence known;
        try (var store = open(cluster, "seoul/1", ahead)) {
            known = write(store, 3);
        }
        try (EtcdCluster other = EtcdCluster.start(directory.resolve("other"), 1)) {
            try (var store = open(other, "seoul/1", InstantSource.system())) {
                Fence there = write(store, 1);
                assertThat(there).as("what receivers refuse below %s", known).isGreaterThan(known);
                assertThat(store.setBacks()).isEqualTo(1);
                known = there;
            }
        }
        try (var store = open(cluster, "seoul/1", InstantSource.system())) {
            assertThat(write(store, 1)).as("back at the right one").isGreaterThan(known);
            assertThat(store.setBacks()).isEqualTo(1);
        }
    }

    @Test
    void anEndpointOfAnotherClusterIsNamedAndNotBelievedWhileTheRightOneAnswers() throws Exception {
        try (EtcdCluster right = EtcdCluster.start(directory.resolve("right"), 3)) {
            List<URI> endpoints = new ArrayList<>(right.endpoints());
            endpoints.add(1, etcd.endpoint());
            var settings =
                    new EtcdSettings(endpoints, null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT);
            try (var store = EtcdCheckpointStore.open(settings, directory.resolve("seen"), InstantSource.system());
                    EtcdDoctor doctor = EtcdDoctor.start(
                            settings,
                            new EtcdDoctor.Care(false, directory.resolve("backups")),
                            new EtcdDoctor.Counters(store::lostLeases, store::setBacks),
                            InstantSource.system())) {
                Fence known = write(store, 3);
                assertThat(doctor.examine().checks())
                        .filteredOn(check -> check.name().equals("endpoints"))
                        .singleElement()
                        .satisfies(check -> {
                            assertThat(check.verdict()).isEqualTo(Check.Verdict.CRITICAL);
                            assertThat(check.value()).contains(etcd.endpoint() + " belongs to another cluster");
                        });
                right.members().getFirst().kill();
                Await.until("it loses what it owned", SOON, () -> store.lostLeases() == 1);
                Ownership owned = claimSoon(store, "j1");
                assertThat(owned.fence()).isGreaterThan(known);
                assertThat(owned.fence().epoch()).isEqualTo(known.epoch());
                assertThat(store.write(owned, running("j1", "a1", 4)).sequence())
                        .isEqualTo(4);
                assertThat(store.setBacks()).isZero();
                assertThat(cluster.ctl("ctl get --prefix --keys-only /culvert")).isEmpty();
            }
        }
    }
}
