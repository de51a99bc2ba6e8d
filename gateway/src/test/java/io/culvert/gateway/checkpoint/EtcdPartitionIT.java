package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdHosts;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts, each with a member of etcd and a gateway; one of them is cut off, with the leader and without it. */
@Waiting
@Timeout(300)
final class EtcdPartitionIT {
    private static final long SEED = Long.getLong("culvert.etcd.seed", 20_261_130);
    private static final int ROUNDS = Integer.getInteger("culvert.etcd.rounds", 1);
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Within which people are told. */
    private static final Duration TOLD = Duration.ofSeconds(30);

    private static final List<String> JOBS = List.of("j1", "j2");

    private final RivalHistory history = new RivalHistory();
    private final List<RivalChild> gateways = new ArrayList<>();

    private void awaitWrites(String when, String... of) throws Exception {
        long now = System.nanoTime();
        Await.until(
                "all of " + List.of(of) + " write, " + when,
                SOON,
                () -> history.allWrittenSince(now)
                        && List.of(of).stream().allMatch(gateway -> history.writesOf(gateway, now) > 0));
    }

    private void cutOffAndPutBack(EtcdHosts hosts, int host) throws Exception {
        String alone = "gw" + host;
        String[] others = {"gw" + (host % 3 + 1), "gw" + ((host + 1) % 3 + 1)};
        long cut = System.nanoTime();
        hosts.cutOff(host, true);
        RivalChild minority = gateways.get(host - 1);
        Await.until(
                "it is told what is wrong: " + minority.state(),
                TOLD,
                () -> minority.state().startsWith("state STOPPED ")
                        && minority.state().contains("all resumes by itself when etcd is back"));
        awaitWrites("beside the partition", others);
        System.err.println("MEASURED host cut off, jobs of the others: "
                + history.longestGapOfOwners(cut).toMillis() + " ms; jobs taken over: "
                + history.longestGap(cut).toMillis() + " ms");
        long before = System.nanoTime();
        awaitWrites("beside the partition", others);
        assertThat(history.writesOf(alone, before))
                .as("writes of who is cut off")
                .isZero();
        hosts.cutOff(host, false);
        long back = System.nanoTime();
        awaitWrites("when the host is back", "gw1", "gw2", "gw3");
        System.err.println("MEASURED host back, it writes after "
                + Duration.ofNanos(System.nanoTime() - back).toMillis() + " ms");
        hosts.awaitHealthy();
    }

    @Test
    void aGatewayOnTheMinoritySideStopsAndTheOthersTakeItsJobs(@TempDir Path directory) throws Exception {
        try (EtcdHosts hosts = EtcdHosts.open(directory)) {
            try {
                for (int host = 1; host <= 3; host++) {
                    gateways.add(
                            RivalChild.start(hosts.within(host), "gw" + host, hosts.endpoints(), JOBS, SEED, history));
                }
                awaitWrites("before anything happens", "gw1", "gw2", "gw3");
                for (int round = 0; round < ROUNDS; round++) {
                    cutOffAndPutBack(hosts, hosts.leader());
                    cutOffAndPutBack(hosts, hosts.leader() % 3 + 1);
                }
                Map<String, RivalHistory.Kept> kept = new HashMap<>();
                for (RivalChild gateway : gateways) {
                    kept.putAll(gateway.end());
                }
                System.err.println(history.writes().size() + " writes confirmed");
                history.check(job -> Objects.requireNonNull(kept.get(job), job));
            } finally {
                gateways.forEach(RivalChild::close);
            }
        }
    }
}
