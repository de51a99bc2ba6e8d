package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Waiting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Three real members, of which the leader is killed and hung, and an owner that sleeps through its lease. */
@Waiting
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EtcdClusterIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private EtcdCluster cluster;

    @BeforeAll
    void startEtcd(@TempDir Path directory) throws Exception {
        cluster = EtcdCluster.start(directory, 3);
    }

    @AfterAll
    void stopEtcd() throws Exception {
        cluster.close();
    }

    private EtcdCheckpointStore open(String prefix, String gateway, List<URI> endpoints, EtcdSettings.Timing timing)
            throws Exception {
        var settings = new EtcdSettings(endpoints, null, prefix, "seoul", gateway, timing);
        return EtcdCheckpointStore.open(settings, InstantSource.system());
    }

    /** Writes batches of guarded checkpoints until told to stop, and keeps what it was told of each. */
    private static final class Load implements Runnable {
        private final CheckpointStore store;
        private final AtomicInteger losses = new AtomicInteger();
        private final List<Ownership> ownerships = new ArrayList<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger rounds = new AtomicInteger();
        private final Map<String, StoredCheckpoint> last = new HashMap<>();
        private final List<String> wrongs = new ArrayList<>();
        private volatile long longestNanos;

        Load(CheckpointStore store, int jobs) throws Exception {
            this.store = store;
            for (int i = 0; i < jobs; i++) {
                ownerships.add(store.claim("j" + i, (ownership, reason) -> losses.incrementAndGet()));
            }
        }

        @Override
        public void run() {
            long lastNanos = System.nanoTime();
            for (long n = 1; !stop.get(); n++) {
                List<CheckpointWrite> batch = new ArrayList<>();
                for (Ownership ownership : ownerships) {
                    batch.add(new CheckpointWrite(ownership, running(ownership.jobId(), "a1", n)));
                }
                boolean all = true;
                for (WriteOutcome outcome : store.writeAll(batch)) {
                    all &= note(outcome);
                }
                if (all) {
                    long nowNanos = System.nanoTime();
                    longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
                    lastNanos = nowNanos;
                    rounds.incrementAndGet();
                }
            }
        }

        private boolean note(WriteOutcome outcome) {
            return switch (outcome) {
                case WriteOutcome.Written written -> {
                    StoredCheckpoint stored = written.stored();
                    StoredCheckpoint former = last.put(stored.checkpoint().job().id(), stored);
                    if (former != null && stored.sequence() <= former.sequence()) {
                        wrongs.add(former + " then " + stored);
                    }
                    yield true;
                }
                case WriteOutcome.Unknown unknown -> false;
                case WriteOutcome.Fenced fenced -> {
                    wrongs.add(String.valueOf(fenced.cause().getMessage()));
                    yield false;
                }
            };
        }

        void awaitMore(int more) throws Exception {
            int target = rounds.get() + more;
            Await.until(more + " more batches are written", SOON, () -> rounds.get() >= target || !wrongs.isEmpty());
        }
    }

    /** What harms a member, and what heals it. */
    private interface Harm {
        void to(EtcdProcess member) throws Exception;
    }

    private void writeThrough(String prefix, Harm harm, Harm cure) throws Exception {
        try (var store = open(prefix, "gw1", cluster.endpoints(), EtcdSettings.Timing.DEFAULT)) {
            var load = new Load(store, 5);
            Thread thread = Thread.ofPlatform().start(load);
            for (int round = 0; round < 2; round++) {
                load.awaitMore(50);
                load.longestNanos = 0;
                EtcdProcess leader = cluster.leader(null);
                harm.to(leader);
                EtcdProcess next = cluster.leader(leader);
                load.awaitMore(50);
                System.err.println("MEASURED " + prefix + ": longest time without a write "
                        + Duration.ofNanos(load.longestNanos).toMillis() + " ms");
                assertThat(next).isNotSameAs(leader);
                cure.to(leader);
                leader.awaitReady();
            }
            load.awaitMore(50);
            load.stop.set(true);
            thread.join();
            assertThat(load.wrongs).isEmpty();
            assertThat(load.losses).hasValue(0);
            for (Map.Entry<String, StoredCheckpoint> entry : load.last.entrySet()) {
                assertThat(store.read(entry.getKey())).contains(entry.getValue());
            }
        }
    }

    @Test
    void guardedWritesGoOnThroughTheDeathOfTheLeader() throws Exception {
        writeThrough("/killed", EtcdProcess::kill, EtcdProcess::start);
    }

    @Test
    void guardedWritesGoOnThroughAHungLeader() throws Exception {
        writeThrough("/hung", EtcdProcess::pause, EtcdProcess::resume);
    }

    @Test
    void anOwnerThatSleptThroughItsLeaseWritesNothingWhenItWakes() throws Exception {
        String prefix = "/slept";
        URI endpoint = cluster.leader(null).endpoint();
        for (int round = 0; round < 2; round++) {
            try (StoreChild child = StoreChild.etcd(endpoint, prefix);
                    var store = open(prefix, "gw" + round, cluster.endpoints(), StoreChild.SHORT)) {
                child.await("fence");
                child.await("wrote");
                Signals.send(child.pid(), "STOP");
                Await.until(
                        "the lease of the sleeper ends",
                        SOON,
                        () -> store.owner("j1").isEmpty());
                Ownership next = store.claim("j1", DEAF);
                StoredCheckpoint before = store.read("j1").orElseThrow();
                assertThat(next.fence()).isGreaterThan(before.fence());
                long sequence = before.sequence();
                for (int i = 0; i < 20; i++) {
                    assertThat(store.write(next, running("j1", "gw", i)).sequence())
                            .isEqualTo(++sequence);
                }
                Signals.send(child.pid(), "CONT");
                for (int i = 0; i < 500; i++) {
                    assertThat(store.write(next, running("j1", "gw", i)).sequence())
                            .isEqualTo(++sequence);
                }
                assertThat(child.awaitEnd()).isTrue();
                // Two threads of the child say these, in either order.
                assertThat(child.rest())
                        .anyMatch(line -> line.startsWith("lost "))
                        .anyMatch(line -> line.startsWith("refused "));
                assertThat(store.read("j1")).map(StoredCheckpoint::fence).contains(next.fence());
            }
        }
    }

    @Test
    void allMembersGoneTellsTheOwnerToStopAndWorkIsClaimedAgainWhenTheyAreBack() throws Exception {
        try (var store = open("/gone", "gw1", cluster.endpoints(), StoreChild.SHORT)) {
            var losses = new AtomicInteger();
            Ownership former = store.claim("j1", (ownership, reason) -> losses.incrementAndGet());
            StoredCheckpoint written = store.write(former, running("j1", "a1", 1));
            for (EtcdProcess member : cluster.members()) {
                member.kill();
            }
            Await.until("the owner is told", SOON, () -> losses.get() == 1);
            assertThat(store.state().health()).isEqualTo(StoreState.Health.STOPPED);
            assertThat(store.state().sentence())
                    .contains("has not answered for")
                    .contains("resumes by itself");
            for (EtcdProcess member : cluster.members()) {
                member.start();
            }
            Await.until("the store is live again", SOON, store::isLive);
            Ownership next = store.claim("j1", DEAF);
            assertThat(next.fence()).isGreaterThan(former.fence());
            assertThat(store.read("j1")).contains(written);
            assertThat(store.write(next, running("j1", "a1", 2)).sequence()).isEqualTo(2);
            for (EtcdProcess member : cluster.members()) {
                member.awaitReady();
            }
        }
    }
}
