package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real clusters of three whose database is full, or one of whose members has a damaged disk. */
@Waiting
@Timeout(300)
final class EtcdDamageIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final long SEED = 7;
    private static final int VALUE_BYTES = 512 << 10;

    @TempDir
    Path directory;

    private final RivalHistory history = new RivalHistory();
    private final List<EtcdCheckpointStore> stores = new ArrayList<>();
    private final List<Rival> rivals = new ArrayList<>();

    @AfterEach
    void closeStores() throws Exception {
        for (Rival rival : rivals) {
            rival.close();
        }
        stores.forEach(EtcdCheckpointStore::close);
    }

    private static EtcdSettings settings(String gateway, List<URI> endpoints) {
        return new EtcdSettings(endpoints, null, "/culvert", "seoul", gateway, EtcdSettings.Timing.DEFAULT);
    }

    private EtcdCheckpointStore open(String gateway, List<URI> endpoints) throws Exception {
        var store = EtcdCheckpointStore.open(settings(gateway, endpoints), InstantSource.system());
        stores.add(store);
        return store;
    }

    private void startRivals(EtcdCluster cluster) throws Exception {
        for (String gateway : List.of("gw1", "gw2")) {
            rivals.add(new Rival(gateway, open(gateway, cluster.endpoints()), List.of("j1", "j2"), SEED, history));
        }
        awaitWrites("before anything happens");
    }

    private void awaitWrites(String when) throws Exception {
        long now = System.nanoTime();
        Await.until("all jobs are written, " + when, SOON, () -> history.allWrittenSince(now));
    }

    private void endAndCheck() throws Exception {
        for (Rival rival : rivals) {
            rival.close();
        }
        history.check(stores.getFirst());
        assertThat(history.losses()).isEmpty();
    }

    private EtcdDoctor doctor(EtcdCluster cluster) throws Exception {
        return EtcdDoctor.start(
                settings("gw1", cluster.endpoints()),
                new EtcdDoctor.Care(false, directory.resolve("backups")),
                new EtcdDoctor.Counters(() -> 0, () -> 0),
                InstantSource.system());
    }

    private static void fill(EtcdCluster cluster) {
        EtcdMember member = EtcdMember.of(cluster.endpoints().getFirst(), null);
        try {
            PutRequest put = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("/other"))
                    .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]))
                    .build();
            assertThatThrownBy(() -> {
                        while (true) {
                            member.kv(CALL).put(put);
                        }
                    })
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("space exceeded");
        } finally {
            member.close();
        }
    }

    @Test
    void aFullDatabaseIsNamedAndAllGoesOnByItselfOnceThereIsRoom() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3, null, "--quota-backend-bytes=" + (16 << 20));
                EtcdDoctor doctor = doctor(cluster)) {
            startRivals(cluster);
            EtcdCheckpointStore idle = open("gw3", cluster.endpoints());
            idle.release(idle.claim("mine", DEAF));
            fill(cluster);
            assertThatThrownBy(() -> idle.claim("mine", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("full and refuses writes (NOSPACE)");
            EtcdCheckpointStore late = open("gw4", cluster.endpoints()); // it gets no lease even
            for (EtcdCheckpointStore store : stores) {
                Await.until(
                        "it says so: " + store.state(),
                        SOON,
                        () -> store.state().health() == StoreState.Health.REFUSED
                                && store.state()
                                        .sentence()
                                        .contains("run culvert etcd compact and culvert etcd defrag"));
            }
            doctor.compact();
            doctor.defragment((name, before, after, took) -> {});
            for (EtcdCheckpointStore store : stores) {
                Await.until("it is live again, of itself: " + store.state(), SOON, store::isLive);
            }
            awaitWrites("when there is room");
            assertThat(idle.claim("mine", DEAF).fence()).isNotNull();
            assertThat(late.claim("other", DEAF).fence()).isNotNull();
            endAndCheck();
        }
    }

    @Test
    void aMemberWithADamagedLogDoesNotStartAndIsReplacedWhileAllGoesOn() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster)) {
            startRivals(cluster);
            awaitWrites("at first");
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess damaged = cluster.members().stream()
                    .filter(member -> member != leader)
                    .findFirst()
                    .orElseThrow();
            damaged.kill();
            damaged.damageLog();
            damaged.start();
            Await.until("it ends", SOON, () -> !damaged.runs());
            assertThat(damaged.logText()).contains("crc mismatch");
            assertThat(doctor.examine().checks())
                    .filteredOn(check -> check.name().equals("members"))
                    .singleElement()
                    .satisfies(check -> assertThat(check.value() + ": " + check.advice())
                            .contains(
                                    "2 of 3",
                                    "or replace it",
                                    damaged.endpoint().toString()));
            awaitWrites("without the damaged member");

            cluster.replace(damaged);
            awaitWrites("with a member in its place");
            assertThat(doctor.examine().members())
                    .hasSize(3)
                    .allSatisfy(member -> assertThat(member.trouble()).isEmpty());
            endAndCheck();
        }
    }

    @Test
    void whatOneMembersDiskFlippedIsNamedThereAndReadElsewhere() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3)) {
            String attempt = "an-attempt-that-is-flipped";
            StoredCheckpoint written;
            try (var store = EtcdCheckpointStore.open(settings("gw1", cluster.endpoints()), InstantSource.system())) {
                Ownership ownership = store.claim("j1", DEAF);
                store.write(ownership, running("j1", "a1", 1));
                written = store.write(ownership, running("j1", attempt, 2));
            }
            EtcdProcess damaged = cluster.members().get(1);
            damaged.stop();
            assertThat(damaged.damageDatabase(attempt.getBytes(StandardCharsets.US_ASCII)))
                    .isPositive();
            damaged.start();
            damaged.awaitReady();
            CheckpointStore there = open("gw1", List.of(damaged.endpoint()));
            assertThatThrownBy(() -> there.read("j1"))
                    .isInstanceOf(CorruptCheckpointException.class)
                    .hasMessageContaining("checksum does not match");
            assertThat(there.list("", 10).damaged()).hasSize(1);
            List<URI> damagedFirst = new ArrayList<>(cluster.endpoints());
            damagedFirst.remove(damaged.endpoint());
            damagedFirst.addFirst(damaged.endpoint());
            assertThat(open("gw2", damagedFirst).read("j1")).contains(written);
            CheckpointStore store = open("gw3", damagedFirst);
            assertThat(store.list("", 10).checkpoints()).containsExactly(written);
            Ownership next = store.claim("j1", DEAF);
            StoredCheckpoint healed = store.write(next, running("j1", "a2", 3));
            assertThat(healed.sequence()).isEqualTo(3);
            assertThat(there.read("j1")).contains(healed);
        }
    }
}
