package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.StatusRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A write that its gateway has given up reaches etcd late, whole and well formed: it changes nothing. */
@Waiting
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class EtcdLateWriteIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(5);

    /** A question is on its way by then, and not yet given up. */
    private static final long SENT_NANOS = Duration.ofMillis(400).toNanos();

    private static final EtcdSettings.Timing QUICK =
            new EtcdSettings.Timing(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(2));

    /** A call that is sent is not given up before a second more has gone by, and a lease outlives that by far. */
    private static final EtcdSettings.Timing PATIENT =
            new EtcdSettings.Timing(Duration.ofSeconds(15), Duration.ofSeconds(2), Duration.ofSeconds(8));

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private EtcdCluster cluster;
    private EtcdMember member;

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

    private EtcdCheckpointStore open(String prefix, String gateway, List<URI> endpoints) throws Exception {
        return open(prefix, gateway, endpoints, QUICK);
    }

    private static EtcdCheckpointStore open(
            String prefix, String gateway, List<URI> endpoints, EtcdSettings.Timing timing) throws Exception {
        return EtcdCheckpointStore.open(
                new EtcdSettings(endpoints, null, prefix, "seoul", gateway, timing), InstantSource.system());
    }

    private LateProxy proxy() throws Exception {
        return new LateProxy(cluster.members().getFirst().clientPort());
    }

    private long raftIndex() {
        return member.maintenance(CALL)
                .status(StatusRequest.getDefaultInstance())
                .getRaftIndex();
    }

    private void letThrough(LateProxy late, long sentNanos) throws Exception {
        long before = raftIndex();
        assertThat(late.letThroughUntil(sentNanos + SENT_NANOS)).isPositive();
        Await.until("etcd takes the late transaction", SOON, () -> raftIndex() > before);
    }

    @Test
    void itsOwnerHasWrittenNewerOnes() throws Exception {
        try (LateProxy late = proxy();
                var store = open(
                        "/newer",
                        "gw1",
                        List.of(late.endpoint(), cluster.endpoints().getFirst()))) {
            Ownership ownership = store.claim("j1", DEAF);
            store.write(ownership, running("j1", "a1", 1));
            late.keep();
            long sent = System.nanoTime();
            assertThat(store.write(ownership, running("j1", "a1", 2)).sequence())
                    .as("its answer is sought at the next member")
                    .isEqualTo(2);
            StoredCheckpoint newest = store.write(ownership, running("j1", "a1", 3));
            letThrough(late, sent);
            assertThat(store.read("j1")).contains(newest);
            assertThat(store.write(ownership, running("j1", "a1", 4)).sequence())
                    .isEqualTo(4);
        }
    }

    @Test
    void aClaimOfAJobThatItsGatewayHasGivenUpMeanwhile() throws Exception {
        try (LateProxy late = proxy();
                var store = open(
                        "/claim",
                        "gw1",
                        List.of(late.endpoint(), cluster.endpoints().getFirst()),
                        PATIENT);
                var other = open("/claim", "gw2", cluster.endpoints())) {
            store.release(store.claim("j0", DEAF));
            late.keep();
            long sent = System.nanoTime();
            store.release(store.claim("j1", DEAF)); // answered by the next member
            letThrough(late, sent + SECOND_NANOS);
            Await.until(
                    "it is taken back while its lease lives",
                    SOON,
                    () -> other.owner("j1").isEmpty());
            assertThat(other.claim("j1", DEAF).owner().gateway()).isEqualTo("gw2");
            assertThat(store.lostLeases()).isZero();
        }
    }

    @Test
    void anotherGatewayOwnsTheJob() throws Exception {
        try (LateProxy late = proxy();
                var former = open("/another", "gw1", List.of(late.endpoint()));
                var next = open("/another", "gw2", cluster.endpoints())) {
            List<String> losses = new CopyOnWriteArrayList<>();
            Ownership lost = former.claim("j1", (ownership, reason) -> losses.add(reason));
            former.write(lost, running("j1", "a1", 1));
            late.keep();
            long sent = System.nanoTime();
            assertThat(former.writeAll(List.of(new CheckpointWrite(lost, running("j1", "a1", 2)))))
                    .singleElement()
                    .isInstanceOf(WriteOutcome.Unknown.class);
            Await.until("the lease ends", SOON, () -> next.owner("j1").isEmpty());
            Ownership present = next.claim("j1", DEAF);
            StoredCheckpoint newest = next.write(present, running("j1", "a2", 3));
            letThrough(late, sent);
            assertThat(next.read("j1")).contains(newest);
            assertThat(next.write(present, running("j1", "a2", 4)).sequence()).isEqualTo(3);
            assertThat(losses).singleElement().asString().contains("etcd has not answered for");
        }
    }
}
