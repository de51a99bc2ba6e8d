package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.culvert.gateway.loopback.LoopbackPorts;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract against one real etcd member, each test under a prefix of its own. */
@Waiting
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EtcdCheckpointStoreIT extends SharedCheckpointStoreContract {
    private static final Duration CALL = Duration.ofSeconds(5);

    private final AtomicInteger tests = new AtomicInteger();
    private EtcdCluster cluster;
    private EtcdMember member;
    private EtcdKeys keys = new EtcdKeys("/none");

    @BeforeAll
    void startEtcd(@TempDir Path directory) throws Exception {
        cluster = EtcdCluster.start(directory, 1);
        member = EtcdMember.of(cluster.endpoints().getFirst(), null);
    }

    @AfterAll
    void stopEtcd() throws Exception {
        member.close();
        cluster.close();
    }

    @org.junit.jupiter.api.BeforeEach
    void ownPrefix() {
        keys = new EtcdKeys("/test-" + tests.incrementAndGet());
    }

    private EtcdSettings settings(List<URI> endpoints, String site, String gateway) {
        return new EtcdSettings(endpoints, null, keys.prefix(), site, gateway, EtcdSettings.Timing.DEFAULT);
    }

    @Override
    CheckpointStore open(String gateway) throws Exception {
        return EtcdCheckpointStore.open(settings(cluster.endpoints(), "seoul", gateway), InstantSource.system());
    }

    @Override
    void expire(String jobId) {
        var request = DeleteRangeRequest.newBuilder().setKey(keys.owner(jobId)).build();
        assertThat(member.kv(CALL).deleteRange(request).getDeleted()).isEqualTo(1);
    }

    @Override
    byte[] raw(String jobId) {
        var request = RangeRequest.newBuilder().setKey(keys.checkpoint(jobId)).build();
        return member.kv(CALL).range(request).getKvs(0).getValue().toByteArray();
    }

    @Override
    void putRaw(String jobId, byte[] sealed) {
        put(keys.checkpoint(jobId), sealed);
    }

    private void put(ByteString key, byte[] value) {
        member.kv(CALL)
                .put(PutRequest.newBuilder()
                        .setKey(key)
                        .setValue(ByteString.copyFrom(value))
                        .build());
    }

    @Override
    String leaseWords() {
        return " in etcd";
    }

    @Test
    void aRestartedGatewayTakesItsOwnJobsAtOnce() throws Exception {
        var former = new EtcdOwner(new Owner("gw1", "a run that was killed", Instant.EPOCH), UUID.randomUUID());
        put(keys.owner("j1"), former.encode());
        assertThatThrownBy(() -> store("gw2").claim("j1", DEAF)).isInstanceOf(OwnedException.class);
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        assertThat(store.write(ownership, running("j1", "a1", 1)).sequence()).isEqualTo(1);
    }

    @Test
    void anAnswerThatWasLostIsReadBackByItsOperationId() throws Exception {
        try (var deaf = new DeafProxy(cluster.members().getFirst().clientPort())) {
            var settings = settings(List.of(deaf.endpoint(), cluster.endpoints().getFirst()), "seoul", "gw1");
            try (var store = EtcdCheckpointStore.open(settings, InstantSource.system())) {
                Ownership ownership = store.claim("j1", DEAF);
                store.write(ownership, running("j1", "a1", 1));
                deaf.loseAnswers();
                StoredCheckpoint written = store.write(ownership, running("j1", "a1", 2));
                assertThat(written.sequence()).isEqualTo(2);
                assertThat(deaf.lostBytes()).isPositive();
                assertThat(store.read("j1")).contains(written);
                assertThat(store.write(ownership, running("j1", "a1", 3)).sequence())
                        .isEqualTo(3);
            }
        }
    }

    private long revision() {
        var request = RangeRequest.newBuilder().setKey(keys.site()).build();
        return member.kv(CALL).range(request).getHeader().getRevision();
    }

    @Test
    void theEndOfAJobIsOneTransactionAlsoWhenAnOlderOneIsForgotten() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        long before = revision();
        for (int i = 0; i < CheckpointStore.MAX_ENDED + 5; i++) {
            store.noteEnd(ownership, Samples.ended("r" + i, "j1", ownership.fence()));
        }
        store.noteEnd(Samples.ended("r", "j2", null));
        assertThat(revision() - before).isEqualTo(CheckpointStore.MAX_ENDED + 6);
        var kept = RangeRequest.newBuilder()
                .setKey(keys.ended(""))
                .setRangeEnd(keys.endedEnd())
                .setCountOnly(true)
                .build();
        assertThat(member.kv(CALL).range(kept).getCount()).isEqualTo(CheckpointStore.MAX_ENDED);
    }

    @Test
    void theEndOfAJobWhoseAnswerWasLostIsNotedOnce() throws Exception {
        try (var deaf = new DeafProxy(cluster.members().getFirst().clientPort())) {
            var settings = settings(List.of(deaf.endpoint(), cluster.endpoints().getFirst()), "seoul", "gw1");
            try (var store = EtcdCheckpointStore.open(settings, InstantSource.system())) {
                Ownership ownership = store.claim("j1", DEAF);
                EndedJob ended = Samples.ended("r1", "j1", ownership.fence());
                deaf.loseAnswers();
                store.noteEnd(ownership, ended);
                assertThat(deaf.lostBytes()).isPositive();
                assertThat(store.ended().jobs()).containsExactly(ended);
            }
        }
    }

    @Test
    void aDamagedEndIsNamedAndHidesNoOther() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        EndedJob whole = Samples.ended("r1", "j1", ownership.fence());
        store.noteEnd(ownership, whole);
        byte[] flipped = EndedCodec.encode(Samples.ended("r2", "j1", ownership.fence()));
        flipped[40] ^= 1;
        put(keys.ended("r2"), flipped);
        put(keys.ended("r3"), EndedCodec.encode(whole));
        EndedJobs found = store.ended();
        assertThat(found.jobs()).containsExactly(whole);
        assertThat(found.damaged())
                .extracting(CorruptCheckpointException::sentence)
                .anyMatch(sentence -> sentence.contains("job r2") && sentence.contains("checksum"))
                .anyMatch(sentence -> sentence.contains("job r3") && sentence.contains("the one of job r1"));
    }

    @Test
    void aPrefixOfAnotherSiteIsRefusedByName() throws Exception {
        store("gw1").claim("j1", DEAF);
        try (var other =
                EtcdCheckpointStore.open(settings(cluster.endpoints(), "busan", "gw9"), InstantSource.system())) {
            assertThatThrownBy(() -> other.claim("j2", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("belongs to site seoul");
            assertThat(other.state().health()).isEqualTo(StoreState.Health.REFUSED);
        }
    }

    @Test
    void saysThatEtcdIsAwayAndGoesOn() throws Exception {
        int port = LoopbackPorts.free(1).getFirst();
        var nobody = List.of(URI.create("http://127.0.0.1:" + port));
        try (var store = EtcdCheckpointStore.open(settings(nobody, "seoul", "gw1"), InstantSource.system())) {
            assertThatThrownBy(() -> store.claim("j1", DEAF)).isInstanceOf(StoreUnavailableException.class);
            Await.until(
                    "it says so",
                    Duration.ofSeconds(10),
                    () -> store.state().sentence().contains("127.0.0.1:" + port + " does not answer"));
            assertThat(store.state().health()).isEqualTo(StoreState.Health.AWAY);
        }
    }

    @Test
    void aRevokedLeaseStopsTheOwnerAndTheNextClaimSucceeds() throws Exception {
        CheckpointStore store = store("gw1");
        AtomicInteger losses = new AtomicInteger();
        Ownership former = store.claim("j1", (ownership, reason) -> losses.incrementAndGet());
        Ownership other = store.claim("j2", (ownership, reason) -> losses.incrementAndGet());
        long lease = member.kv(CALL)
                .range(RangeRequest.newBuilder().setKey(keys.owner("j1")).build())
                .getKvs(0)
                .getLease();
        EtcdLeases.tryRevoke(member, lease, CALL);
        Await.until("both are told", Duration.ofSeconds(10), () -> losses.get() == 2);
        assertThatThrownBy(() -> store.write(former, running("j1", "a1", 1))).isInstanceOf(FencedException.class);
        Ownership next = store.claim("j1", DEAF);
        assertThat(next.fence()).isGreaterThan(other.fence());
        assertThat(store.write(next, running("j1", "a1", 1)).sequence()).isEqualTo(1);
    }
}
