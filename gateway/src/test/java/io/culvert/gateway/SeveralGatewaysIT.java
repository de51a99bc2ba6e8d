package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.loopback.LoopbackPorts;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EchoServer;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A site of three gateways that share a pool's disk and an etcd of three members, and a peer: owners are killed, stopped, drained and ended
 * in the middle of replications both ways. {@code -Dculvert.gateways.leases=N} has one stopped for as many.
 */
@Waiting
@Timeout(600)
final class SeveralGatewaysIT {

    private static final long BYTES = 64L << 20;
    private static final Duration LEASE = Duration.ofSeconds(15);

    /** How many leases an owner is stopped for. */
    private static final int LEASES = Integer.getInteger("culvert.gateways.leases", 3);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;
    private static int echoPort;
    private static ThreeGateways gateways = new ThreeGateways(List.of());
    private static int rounds;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start(Files.createDirectories(SITES.directory().resolve("etcd")), 3);
        echoPort = LoopbackPorts.free(1).getFirst();
        gateways = SiteOfThree.start(SITES, etcd, echoPort);
    }

    @AfterAll
    static void end() throws Exception {
        if (etcd != null) {
            etcd.close();
        }
    }

    @BeforeEach
    void fresh() throws Exception {
        rounds++;
        for (String side : List.of("near", "far")) {
            Path directory = Files.createDirectories(SITES.data().resolve(side));
            byte[] block = new byte[8 << 20];
            Random random = new Random(31L * rounds + side.hashCode());
            for (int i = 0; i < BYTES / block.length; i++) {
                random.nextBytes(block);
                Files.write(directory.resolve("file" + i), block);
            }
        }
    }

    /** All run again, whatever a test did to them. */
    @AfterEach
    void whole() throws Exception {
        for (Site one : gateways.all()) {
            if (!ThreeGateways.runs(one)) {
                one.start();
            }
            one.run("gateway", "drain", "--off").succeeded();
        }
        SITES.far().awaitStream("near");
    }

    @Test
    void eachDoesWhatItOwnsForAllAndAnyOfThemAnswers() throws Exception {
        gateways.awaitApart("pool", "peer");
        Site pool = gateways.having("pool");
        Site stream = gateways.having("peer");
        for (Site one : gateways.all()) {
            ThreeGateways.awaitDone(one, one.beginToReplicate("data"));
        }
        ThreeGateways.awaitDone(SITES.far(), SITES.far().beginToReplicate("back"));
        String sent = ThreeGateways.newest(SITES.far(), "data");
        String received = ThreeGateways.newest(SITES.near(), "back");
        for (Site one : gateways.all()) {
            one.assertRestores(sent, SITES.data().resolve("near"));
            one.assertRestores(received, SITES.data().resolve("far"));
            assertThat(ThreeGateways.newest(one, "back")).as("as each lists it").isEqualTo(received);
        }
        SITES.far().assertRestores(received, SITES.data().resolve("far"));
        stream.run("snapshot", "delete", received)
                .failed(3, "in pool main, which is with gateway " + ThreeGateways.name(pool), "run the command there");
        assertThat(gateways.all().stream()
                        .filter(one -> one.stream("far")
                                .filter(seen -> seen.state() == StreamView.State.UP)
                                .isPresent()))
                .as("who has a stream to the peer")
                .containsExactly(stream);
        eachSaysWhatTheOwnerOfTheStreamSays(stream);
    }

    private static void eachSaysWhatTheOwnerOfTheStreamSays(Site owner) throws Exception {
        String name = ThreeGateways.name(owner);
        SITES.far().stop();
        for (Site one : gateways.all()) {
            Await.until(
                    ThreeGateways.name(one) + " says that the peer is down",
                    Site.PATIENCE,
                    () -> ThreeGateways.services(one, "peer", "down").stream()
                            .anyMatch(down -> down.path("owner").asText().equals(name)
                                    && !down.path("reason").asText().isEmpty()));
        }
        SITES.far().start();
        for (Site one : gateways.all()) {
            Await.until(
                    ThreeGateways.name(one) + " says that it is up again",
                    Site.PATIENCE,
                    () -> ThreeGateways.services(one, "peer", "up").size() == 1);
        }
    }

    @Test
    void ownersThatAreKilledAreReplacedAndTheirJobGoesOn() throws Exception {
        Site stream = gateways.having("peer");
        Site pool = gateways.having("pool");
        String sent = stream.beginToReplicate("data");
        String received = SITES.far().beginToReplicate("back");
        awaitHalf(stream, sent);
        long killedNanos = System.nanoTime();
        Site other = pool != stream ? pool : gateways.but(stream);
        stream.kill();
        other.kill();
        Site next = gateways.having("pool", stream, other);
        assertThat(gateways.having("peer", stream, other)).isSameAs(next);
        next.awaitStream("far");
        System.err.println("another gateway had pool and stream "
                + Duration.ofNanos(System.nanoTime() - killedNanos).toMillis() + " ms after the kill");
        ThreeGateways.awaitDone(next, sent);
        ThreeGateways.awaitDone(SITES.far(), received);
        assertRestores(next, "data", "near");
        assertThat(ThreeGateways.services(next, "gateway", "down")).first().satisfies(down -> {
            assertThat(down.path("reason").asText()).contains("culvert gateway remove");
            assertThat(down.path("endpoint").asText())
                    .as("rules for firewalls need it when it comes back")
                    .matches("127\\.0\\.0\\.1:\\d+");
        });
        assertThat(next.run("verify", "--pool", "main").succeeded().text()).contains("intact");
    }

    @Tag("campaign")
    @Test
    void anOwnerThatIsStoppedForLeasesAndWakesWritesNothing() throws Exception {
        Site owner = gateways.having("pool");
        String received = SITES.far().beginToReplicate("back");
        String sent = owner.beginToReplicate("data");
        awaitHalf(owner, sent);
        Signals.send(owner.pid(), "STOP");
        long stoppedNanos = System.nanoTime();
        try {
            Site next = gateways.having("pool", owner);
            gateways.awaitDoneAtAny(sent, owner);
            ThreeGateways.awaitDone(SITES.far(), received);
            long end = stoppedNanos + LEASE.multipliedBy(LEASES).toNanos();
            Await.until(LEASES + " leases have ended", Site.PATIENCE, () -> System.nanoTime() - end > 0);
            String before = pool();
            String newOwner = ThreeGateways.name(next);
            Signals.send(owner.pid(), "CONT");
            Await.until(
                    "it has seen that it lost everything",
                    Site.PATIENCE,
                    () -> ThreeGateways.services(owner, "pool", "up").stream()
                            .anyMatch(one -> one.path("owner").asText().equals(newOwner)));
            assertThat(pool()).as("the pool's files after it woke").isEqualTo(before);
            assertRestores(next, "data", "near");
            assertThat(next.run("verify", "--pool", "main").succeeded().text()).contains("intact");
        } finally {
            Signals.send(owner.pid(), "CONT");
        }
    }

    /**
     * Three work at one snapshot, and others receive one: the first two are stopped in the middle and overtaken, and wake together while the
     * third is at it. The first fails by itself and cleans up, the second is killed at that.
     */
    @Test
    void theSnapshotOfTheThirdIsWholeWhateverTheTwoDoThatItOvertook() throws Exception {
        int before = SITES.far().snapshots("data");
        Site first = gateways.having("pool");
        int receivedBefore = first.snapshots("back");
        String sent = first.beginToReplicate("data");
        String received = SITES.far().beginToReplicate("back");
        ThreeGateways.awaitStored(sent, BYTES / 8, first);
        try {
            overtake(first);
            Site second = ThreeGateways.awaitStored(
                    sent,
                    BYTES / 8,
                    gateways.all().stream().filter(one -> one != first).toArray(Site[]::new));
            overtake(second);
            Site third = gateways.having("peer", first, second);
            Signals.send(first.pid(), "CONT");
            Signals.send(second.pid(), "CONT");
            ThreeGateways.awaitDone(third, sent);
            second.kill();
            ThreeGateways.awaitDone(SITES.far(), received);

            Await.until(
                    "the first knows who has the pool now",
                    Site.PATIENCE,
                    () -> ThreeGateways.owner(first, "pool").isPresent()
                            && ThreeGateways.owner(first, "pool").equals(ThreeGateways.owner(third, "pool")));
            assertThat(SITES.far().snapshots("data")).isEqualTo(before + 1);
            assertThat(third.snapshots("back")).isEqualTo(receivedBefore + 1);
            assertThat(third.job(sent).orElseThrow().snapshot()).contains(ThreeGateways.newest(SITES.far(), "data"));
            assertRestores(third, "data", "near");
            third.assertRestores(
                    ThreeGateways.newest(third, "back"), SITES.data().resolve("far"));
            for (Site one : List.of(gateways.having("pool", second), SITES.far())) {
                assertThat(one.run("verify", "--pool", "main").succeeded().text())
                        .contains("intact");
            }
            for (Site one : List.of(SITES.near(), SITES.far())) {
                assertThat(unfinished(one.pool())).isEmpty();
            }
        } finally {
            for (Site one : gateways.all()) {
                if (ThreeGateways.runs(one)) {
                    Signals.send(one.pid(), "CONT");
                }
            }
        }
    }

    /** Stops a gateway, as a host that hangs, and ends its lease before its time. */
    private static void overtake(Site gateway) throws Exception {
        Signals.send(gateway.pid(), "STOP");
        etcd.ctl("""
                lease=$(ctl get /culvert/live/%s -w json | grep -o '"lease":[0-9]*' | cut -d: -f2)
                ctl lease revoke "$(printf %%x "$lease")"
                """.formatted(ThreeGateways.name(gateway).substring("near/".length())));
    }

    /** What somebody began to write into a pool and neither finished nor removed. */
    private static String unfinished(Path pool) throws Exception {
        byte[] listing = Shell.run(pool, "find . -name '*.tmp'");
        return new String(listing, StandardCharsets.UTF_8);
    }

    @Test
    void aGatewayThatIsDrainedOrEndedHandsOverAtOnce() throws Exception {
        Site owner = gateways.having("pool");
        String sent = owner.beginToReplicate("data");
        awaitHalf(owner, sent);
        owner.run("gateway", "drain").succeeded();
        Site next = gateways.having("pool", owner);
        gateways.awaitDoneAtAny(sent, owner);
        owner.run("replicate", "data")
                .failed(3, "the source of dataset data is read by gateway near/", "run the command there");

        String again = next.beginToReplicate("data");
        Await.until(
                "the job is its own",
                Site.PATIENCE,
                () -> next.job(again).flatMap(JobView::started).isPresent());
        next.stop();
        Site third = gateways.having("pool", owner, next);
        ThreeGateways.awaitDone(third, again);
        assertRestores(third, "data", "near");
    }

    @Test
    void aStreamThatIsDrainedIsGivenAwayWhenItsRelayedConnectionsHaveEnded() throws Exception {
        Site owner = gateways.having("appliance");
        try (EchoServer echo = EchoServer.start(new InetSocketAddress("127.0.0.2", echoPort));
                ExecutorService commands = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> drained;
            try (Socket client = new Socket("127.0.0.1", echoPort)) {
                EchoServer.requireEcho(client, "before");
                drained = commands.submit(() ->
                        owner.run("gateway", "drain", "--connections", "10m").succeeded());
                Site other = gateways.but(owner);
                String name = ThreeGateways.name(owner);
                Await.until(
                        "it drains",
                        Site.PATIENCE,
                        () -> ThreeGateways.services(other, "gateway", "degraded").stream()
                                .anyMatch(one -> one.path("name").asText().equals(name)));
                for (long end = System.nanoTime() + 3_000_000_000L; System.nanoTime() < end; ) {
                    EchoServer.requireEcho(client, "while it drains");
                }
                assertThat(ThreeGateways.owner(owner, "peer")).contains(name);
                assertThat(drained).isNotDone();
            }
            drained.get();
            Site next = gateways.having("appliance", owner);
            assertThat(gateways.having("peer", owner)).isSameAs(next);
            try (Socket again = new Socket("127.0.0.1", echoPort)) {
                EchoServer.requireEcho(again, "at the next");
            }
        }
    }

    @Test
    void theBackupsOfTheOneThatHasTheStreamAreCopied() throws Exception {
        Site owner = gateways.having("peer");
        int before = SITES.far().snapshots("culvert-etcd");
        assertThat(owner.run("etcd", "backup").succeeded().text()).contains("copied to far/main as snapshot");
        assertThat(SITES.far().snapshots("culvert-etcd")).isGreaterThan(before);
        Site other = gateways.but(owner);
        assertThat(other.run("etcd", "backup").succeeded().text())
                .contains("not copied to far/main (peer far is with gateway near/");
        assertThat(other.run("etcd", "status").text()).contains("backup at another site");
    }

    @Test
    void aGatewayThatRunsIsNotRemovedAndOneThatIsRemovedDoesNotComeBack() throws Exception {
        Site leaving = SiteOfThree.another(SITES, "near-leaving-" + rounds);
        String name = ThreeGateways.name(leaving);
        String number = name.substring(name.indexOf('/') + 1);
        Site staying = gateways.having("pool");
        staying.run("gateway", "remove", number)
                .failed(3, "gateway " + name + " runs on host", "culvert gateway drain");
        leaving.stop();
        Await.until(
                "it is down",
                Site.PATIENCE,
                () -> ThreeGateways.services(staying, "gateway", "down").stream()
                        .anyMatch(down -> down.path("name").asText().equals(name)));
        staying.run("gateway", "remove", number).succeeded();
        Await.until(
                "it is removed",
                Site.PATIENCE,
                () -> ThreeGateways.services(staying, "gateway", "removed").stream()
                        .anyMatch(removed -> removed.path("name").asText().equals(name)));
        leaving.start();
        Await.until(
                "it says why it owns nothing",
                Site.PATIENCE,
                () -> leaving.run("status").text().contains("was removed from this site"));
        leaving.stop();
        staying.run("gateway", "remove", "77").failed(1, "no gateway 77");
    }

    private static void awaitHalf(Site at, String job) throws Exception {
        ThreeGateways.awaitStored(job, BYTES / 3, at);
    }

    private static void assertRestores(Site at, String dataset, String side) throws Exception {
        at.assertRestores(
                ThreeGateways.newest(SITES.far(), dataset), SITES.data().resolve(side));
    }

    /** Names, lengths and sums of all files of the pool that are not of whoever has it open. */
    private static String pool() throws Exception {
        byte[] listing = Shell.run(
                SITES.near().pool(), "find . -type f ! -name 'lock*' ! -name 'reserve*' | sort | xargs sha256sum");
        return new String(listing, StandardCharsets.UTF_8);
    }
}
