package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that is really enrolled: probed by the command, with and without a gateway here, and by the gateway itself when it is away. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PeerProbeIT {

    @RegisterExtension
    private static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        SITES.startAndEnrol();
    }

    private static JsonNode probe() throws Exception {
        return SITES.far().run("probe", "near", "--output", "json").json();
    }

    @Test
    @Order(1)
    void findsNothingOnTheWayToAPeerThatServes() throws Exception {
        JsonNode json =
                SITES.far().run("probe", "near", "--output", "json").succeeded().json();
        assertThat(json.path("verdict").asText()).as("%s", json).isEqualTo("ok");
        assertThat(json.path("evidence").toString())
                .contains("TLSv1.3, ALPN h2, issued by CN=Culvert CA of site near", "which is trusted");
        assertThat(json.path("evidence").toString()).doesNotContain("no gateway answers here");
        JsonNode throughput = step(json, "throughput");
        assertThat(throughput.at("/details/sentBytesPerSecond").asLong())
                .as("%s", json)
                .isPositive();
        assertThat(throughput.at("/details/receivedBytesPerSecond").asLong()).isPositive();
        SITES.far().run("probe", "nobody").failed(1, "peer nobody is not enrolled here");
    }

    private static JsonNode step(JsonNode json, String name) {
        for (JsonNode step : json.path("steps")) {
            if (step.path("step").asText().equals(name)) {
                return step;
            }
        }
        throw new AssertionError("there is no step " + name + " in " + json);
    }

    @Test
    @Order(2)
    void sendsNoRpcIfItIsToBeHarmless() throws Exception {
        JsonNode json = SITES.far()
                .run("probe", "near", "--harmless", "--output", "json")
                .succeeded()
                .json();
        assertThat(json.path("steps").toString()).contains("text").doesNotContain("rpc");
        assertThat(json.path("evidence").toString()).contains("RPC calls were not tried");
    }

    /** What the contract has, not how fast it is: a gateway that hangs answers nothing for ever. */
    @Test
    @Order(3)
    void aGatewayThatHangsIsPartOfTheMinute() throws Exception {
        long pid = SITES.far().pid();
        Signals.send(pid, "STOP");
        try {
            long sinceNanos = System.nanoTime();
            JsonNode json = probe();
            assertThat(Duration.ofNanos(System.nanoTime() - sinceNanos)).isLessThan(Duration.ofMinutes(1));
            assertThat(json.path("verdict").asText()).as("%s", json).isEqualTo("ok");
            assertThat(json.path("evidence").toString()).contains("no gateway answers here");
        } finally {
            Signals.send(pid, "CONT");
        }
        SITES.awaitStream();
    }

    @Test
    @Order(4)
    void theGatewayProbesAPeerThatIsAwayAndSaysWhatItFound() throws Exception {
        SITES.near().stop();
        Await.until( // one that began while the gateway ended may have found something else, and then it is the next
                // one's
                "the verdict is in the status",
                ProbeTimes.EVERY.plus(Site.PATIENCE),
                () -> SITES.far().run("status").succeeded().text().contains("; probe: service-down: "));
        JsonNode peer = SITES.far()
                .run("peer", "list", "--output", "json")
                .succeeded()
                .json()
                .get(0);
        assertThat(peer.at("/probe/verdict").asText()).isEqualTo("service-down");
        assertThat(peer.at("/probe/steps").toString()).doesNotContain("rpc");
        assertThat(SITES.far().run("service", "list").succeeded().text()).contains("probe: service-down");
        assertThat(SITES.far().logText()).contains("a probe of the way to the peer finds service-down");
        SITES.near().start();
        SITES.awaitStream();
        JsonNode back = SITES.far().run("peer", "list", "--output", "json").json();
        assertThat(back.at("/0/probe").isNull()).isTrue();
    }

    @Test
    @Order(5)
    void saysThatThePeerRefusesIfItDoes() throws Exception {
        SITES.near().run("peer", "revoke", "far").succeeded();
        Await.until(
                "far has heard it",
                Site.PATIENCE,
                () -> probe().path("verdict").asText().equals("peer-refused"));
    }

    @Test
    @Order(6)
    void needsNoGatewayHere() throws Exception {
        SITES.far().stop();
        JsonNode json = probe();
        assertThat(json.path("verdict").asText()).as("%s", json).isEqualTo("ok");
        assertThat(json.path("evidence").toString()).contains("no gateway answers here");
    }
}
