package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.doctor.Check;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways of a site write through everything that can befall a real cluster of three members with TLS: nothing confirmed is lost,
 * no job has two owners, they say what is wrong, and go on by themselves.
 *
 * <p>{@code -Dculvert.etcd.seed=S} repeats a run; {@code -Dculvert.etcd.hang=25} has the leader hang for so many seconds, {@code
 * -Dculvert.etcd.outage=600} is how long the quorum is lost, {@code -Dculvert.etcd.rounds=N} how often each is done. The figures that it prints stand in
 * benchmarks-etcd.md; none is asserted.
 */
@Waiting
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(3600)
final class EtcdTroubleIT {
    private static final long SEED = Long.getLong("culvert.etcd.seed", 20_261_130);
    private static final int ROUNDS = Integer.getInteger("culvert.etcd.rounds", 1);
    private static final Duration HANG = Duration.ofSeconds(Integer.getInteger("culvert.etcd.hang", 4));
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("culvert.etcd.outage", 9));
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Within which people are told. */
    private static final Duration TOLD = Duration.ofSeconds(30);

    private static final List<String> JOBS = List.of("j1", "j2");

    /** A clock that is stepped while it is in use. */
    private static final class SteppedClock implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    private final SteppedClock clock = new SteppedClock();
    private final Random random = new Random(SEED);
    private final List<EtcdCheckpointStore> stores = new ArrayList<>();
    private final List<Rival> rivals = new ArrayList<>();
    private RivalHistory history = new RivalHistory();
    private Path directory;
    private EtcdProcess.Tls tls;
    private EtcdCluster cluster;
    private String test;

    @BeforeAll
    void startEtcd(@TempDir Path directory) throws Exception {
        System.err.println("seed " + SEED);
        this.directory = directory;
        tls = new TestCertificates(directory.resolve("tls"))
                .issue("culvert", Instant.now().plusSeconds(7200));
        cluster = EtcdCluster.start(directory, 3, tls);
    }

    @AfterAll
    void stopEtcd() throws Exception {
        cluster.close();
    }

    @BeforeEach
    void name(TestInfo info) {
        test = info.getTestMethod().orElseThrow().getName();
        history = new RivalHistory();
    }

    @AfterEach
    void closeStores() throws Exception {
        for (Rival rival : rivals) {
            rival.close();
        }
        stores.forEach(EtcdCheckpointStore::close);
        rivals.clear();
        stores.clear();
    }

    private EtcdSettings settings(String gateway, EtcdSettings.Timing timing) {
        var files = new EtcdSettings.Tls(tls.ca(), tls.certificate(), tls.key());
        return new EtcdSettings(cluster.endpoints(), files, "/" + test, "seoul", gateway, timing);
    }

    private void startRivals(EtcdSettings.Timing timing) throws Exception {
        for (String gateway : List.of("gw1", "gw2")) {
            var store =
                    EtcdCheckpointStore.open(settings(gateway, timing), directory.resolve(test + "-" + gateway), clock);
            stores.add(store);
            rivals.add(new Rival(gateway, store, JOBS, SEED, history));
        }
        awaitWrites("before anything happens");
    }

    /** Waits until both gateways have written something that they began from now on. */
    private void awaitWrites(String when) throws Exception {
        long now = System.nanoTime();
        Await.until(
                "both gateways write, " + when,
                SOON,
                () -> history.allWrittenSince(now)
                        && history.writesOf("gw1", now) > 0
                        && history.writesOf("gw2", now) > 0);
    }

    private void endAndCheck() throws Exception {
        for (Rival rival : rivals) {
            rival.close();
        }
        for (EtcdCheckpointStore store : stores) {
            Await.until("it is live: " + store.state(), SOON, store::isLive);
        }
        System.err.println(test + ": " + history.writes().size() + " writes confirmed");
        history.check(stores.getFirst());
        assertThat(stores).allSatisfy(store -> assertThat(store.setBacks()).isZero());
    }

    private void measured(String what, Duration duration) {
        System.err.println("MEASURED " + what + ": " + duration.toMillis() + " ms");
    }

    private List<Check> examine() throws Exception {
        try (EtcdDoctor doctor = EtcdDoctor.start(
                settings("gw1", EtcdSettings.Timing.DEFAULT),
                new EtcdDoctor.Care(false, directory.resolve("backups")),
                new EtcdDoctor.Counters(() -> 0, () -> 0),
                InstantSource.system())) {
            return doctor.examine().checks();
        }
    }

    private void assertDoctorSays(String check, String... parts) throws Exception {
        assertThat(examine())
                .filteredOn(found -> found.name().equals(check))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.verdict()).isNotEqualTo(Check.Verdict.OK);
                    assertThat(found.value() + ": " + found.advice()).contains(parts);
                });
    }

    private EtcdProcess follower() throws Exception {
        EtcdProcess leader = cluster.leader(null);
        List<EtcdProcess> followers =
                cluster.members().stream().filter(member -> member != leader).toList();
        return followers.get(random.nextInt(followers.size()));
    }

    @Test
    void aFollowerIsLost() throws Exception {
        startRivals(EtcdSettings.Timing.DEFAULT);
        for (int round = 0; round < 2 * ROUNDS; round++) {
            EtcdProcess follower = follower();
            long lost = System.nanoTime();
            if (round % 2 == 0) {
                follower.kill();
            } else {
                follower.pause();
            }
            awaitWrites("without a follower");
            measured(round % 2 == 0 ? "follower killed" : "follower paused", history.longestGap(lost));
            assertDoctorSays(
                    "members", "2 of 3", "or replace it", follower.endpoint().toString());
            if (round % 2 == 0) {
                follower.start();
            } else {
                follower.resume();
            }
            follower.awaitReady();
        }
        endAndCheck();
        assertThat(history.losses()).isEmpty();
    }

    @Test
    void theLeaderIsKilled() throws Exception {
        startRivals(EtcdSettings.Timing.DEFAULT);
        for (int round = 0; round < ROUNDS; round++) {
            EtcdProcess leader = cluster.leader(null);
            long lost = System.nanoTime();
            leader.kill();
            awaitWrites("without the leader");
            measured("leader killed", history.longestGap(lost));
            assertDoctorSays("members", "2 of 3", leader.endpoint().toString());
            leader.start();
            leader.awaitReady();
        }
        endAndCheck();
        assertThat(history.losses()).isEmpty();
    }

    @Test
    void theLeaderHangs() throws Exception {
        startRivals(EtcdSettings.Timing.DEFAULT);
        for (int round = 0; round < ROUNDS; round++) {
            EtcdProcess leader = cluster.leader(null);
            long lost = System.nanoTime();
            leader.pause();
            awaitWrites("while the leader hangs");
            measured("leader paused", history.longestGap(lost));
            LockSupport.parkNanos(HANG.toNanos() - (System.nanoTime() - lost));
            leader.resume();
            leader.awaitReady();
            awaitWrites("after the leader woke");
            measured("leader paused for " + HANG.toSeconds() + " s and woken", history.longestGap(lost));
        }
        endAndCheck();
        System.err.println("MEASURED losses through hangs of " + HANG.toSeconds() + " s: " + history.losses());
    }

    @Test
    void theQuorumIsLostAndTheMembersComeBack() throws Exception {
        startRivals(RivalChild.QUICK);
        for (int round = 0; round < ROUNDS; round++) {
            EtcdProcess paused = cluster.leader(null);
            EtcdProcess killed = follower();
            long lost = System.nanoTime();
            killed.kill();
            paused.pause();
            for (EtcdCheckpointStore store : stores) {
                Await.until(
                        "it is told what is wrong: " + store.state(),
                        TOLD,
                        () -> store.state().sentence().contains("all resumes by itself when etcd is back"));
                assertThat(store.state().health()).isEqualTo(StoreState.Health.STOPPED);
                assertThat(store.state().sentence()).contains("etcd has not answered for ");
            }
            assertDoctorSays("members", "1 of 3", "no quorum of 2", "jobs resume by themselves");
            LockSupport.parkNanos(OUTAGE.toNanos() - (System.nanoTime() - lost));
            killed.start();
            killed.awaitReady();
            long back = System.nanoTime();
            awaitWrites("when the quorum is back");
            measured("quorum back after " + OUTAGE.toSeconds() + " s", history.resumedAfter(back));
            paused.resume();
            paused.awaitReady();
            awaitWrites("when all members are back");
        }
        endAndCheck();
        assertThat(history.losses()).isNotEmpty().allMatch(loss -> loss.contains("etcd"));
    }

    @Test
    void allMembersAreKilledAtOnce() throws Exception {
        startRivals(RivalChild.QUICK);
        for (EtcdProcess member : cluster.members()) {
            member.kill();
        }
        for (EtcdCheckpointStore store : stores) {
            Await.until(
                    "it says so",
                    TOLD,
                    () -> store.state().sentence().contains("all resumes by itself when etcd is back"));
        }
        for (EtcdProcess member : cluster.members()) {
            member.start();
        }
        cluster.members().getFirst().awaitReady();
        long back = System.nanoTime();
        awaitWrites("when all are back");
        measured("all members back", history.resumedAfter(back));
        for (EtcdProcess member : cluster.members()) {
            member.awaitReady();
        }
        endAndCheck();
    }

    @Test
    void allLeasesAreRevokedAtOnce() throws Exception {
        startRivals(EtcdSettings.Timing.DEFAULT);
        for (int round = 0; round < 5 * ROUNDS; round++) {
            cluster.ctl("for lease in $(ctl lease list | tail -n +2); do ctl lease revoke $lease & done; wait");
            long revoked = System.nanoTime();
            awaitWrites("after all leases were revoked");
            measured("leases revoked", history.resumedAfter(revoked));
        }
        endAndCheck();
        assertThat(history.losses()).isNotEmpty().anyMatch(loss -> loss.contains("lease"));
        assertThat(stores).allSatisfy(store -> assertThat(store.lostLeases()).isPositive());
    }

    /** A disk that stands still again and again holds its member up; so does a process that is stopped in short turns. */
    @Test
    void theLeadersDiskIsSlow() throws Exception {
        startRivals(EtcdSettings.Timing.DEFAULT);
        EtcdProcess slow = cluster.leader(null);
        long begun = System.nanoTime();
        for (int turn = 0; turn < 30 * ROUNDS; turn++) {
            slow.pause();
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(50, 500)).toNanos());
            slow.resume();
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(5, 60)).toNanos());
        }
        awaitWrites("after the slow turns");
        measured("leader slow for 8 s", history.longestGap(begun));
        slow.awaitReady();
        endAndCheck();
        assertThat(history.losses()).isEmpty();
    }

    @Test
    void theClocksAreStepped() throws Exception {
        startRivals(RivalChild.QUICK);
        try {
            for (Duration step : List.of(Duration.ofMinutes(1), Duration.ofMinutes(-1), Duration.ofHours(1))) {
                clock.ahead = step;
                awaitWrites("with a clock stepped by " + step);
                LockSupport.parkNanos(RivalChild.QUICK.leaseTtl().toNanos() * 5 / 4);
                awaitWrites("for longer than a lease");
            }
        } finally {
            clock.ahead = Duration.ZERO;
        }
        endAndCheck();
        assertThat(history.losses()).isEmpty();
    }
}
