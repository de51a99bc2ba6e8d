package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** One address, this host's own. */
final class AddressProbeTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static Facts probe(ProbePort... ports) throws IOException, InterruptedException {
        ProbePlan plan = new ProbePlan(
                "here",
                List.of(ports),
                Expectation.NONE,
                false,
                false,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ProbePlan.LIMIT);
        AddressProbe probe = new AddressProbe(plan, HERE, new Steps(step -> {}, ""), new ReentrantLock());
        probe.harmless(Deadline.in(System::nanoTime, plan.limit()));
        return probe.facts();
    }

    private static List<Integer> tried(Facts facts) {
        return facts.attempts().stream().map(attempt -> attempt.port().port()).toList();
    }

    private static ServerSocket open() throws IOException {
        return new ServerSocket(0, 50, HERE);
    }

    @Test
    void portsThatAreForDoubtAreTriedOnlyWhereOneThatWasAskedAboutDoesNotOpenAndThenAFew() throws Exception {
        List<ProbePort> doubtful = new ArrayList<>();
        List<ServerSocket> servers = new ArrayList<>();
        try {
            for (int i = 0; i < 9; i++) {
                servers.add(open());
                doubtful.add(new ProbePort(servers.getLast().getLocalPort(), ProbePort.Need.IN_DOUBT, false));
            }
            int asked;
            try (ServerSocket server = open()) {
                asked = server.getLocalPort();
                doubtful.addFirst(new ProbePort(asked, ProbePort.Need.REQUIRED, false));
                Facts open = probe(doubtful.toArray(ProbePort[]::new));
                assertThat(tried(open)).containsExactly(asked);
                assertThat(open.bulk().orElseThrow().packets())
                        .as("one full segment is enough, from a program that reads nothing")
                        .isEqualTo(Facts.Packets.PASS);
            }
            Facts shut = probe(doubtful.toArray(ProbePort[]::new));
            assertThat(tried(shut)).hasSize(4).startsWith(asked);
            assertThat(Diagnosis.of(shut).verdict()).isEqualTo(Verdict.SERVICE_DOWN);
        } finally {
            for (ServerSocket server : servers) {
                server.close();
            }
        }
    }
}
