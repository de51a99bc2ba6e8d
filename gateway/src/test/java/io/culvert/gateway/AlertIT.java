package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import io.culvert.gateway.testing.Webhook;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway that tells people what is wrong: a peer that is away with the verdict of its own probe, and what its channels say to that. */
@Waiting
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AlertIT {
    private static final Duration TOLD = ProbeTimes.EVERY.plus(Site.PATIENCE);
    private static final String PEER = "peer:near";

    @RegisterExtension
    private static final TwoSites SITES = new TwoSites(new Workshop());

    @SuppressWarnings("NullAway.Init") // set by start
    private static Webhook webhook;

    private static int nobody;

    @BeforeAll
    static void start() throws Exception {
        webhook = new Webhook();
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        settings("{webhook: \"%s\", syslog: \"tcp://127.0.0.1:%d\"}".formatted(webhook.url(), nobody));
        SITES.startAndEnrol();
    }

    @AfterAll
    static void stop() {
        webhook.close();
    }

    private static void settings(String alerts) throws IOException {
        SITES.far().settings("""
                datasets:
                  lost: {kind: tree, path: "%s", replicateTo: [{peer: near, pool: main}]}
                alerts: %s
                """.formatted(SITES.directory().resolve("lost"), alerts));
    }

    @Test
    @Order(1)
    void aTestGoesByEachChannelAndSaysWhichOneDoesNotTakeIt() {
        var tested = SITES.far().run("alert", "test").failed(1, "the test was not taken by syslog");
        assertThat(tested.text())
                .containsPattern("webhook +" + webhook.url() + " +yes")
                .containsPattern("syslog +tcp://127.0.0.1:" + nobody + " +no .*Connection refused");
        assertThat(webhook.of("test"))
                .singleElement()
                .satisfies(test -> assertThat(test.path("event").asText()).isEqualTo("test"));
        SITES.near().run("alert", "test").failed(2, "the site file names no webhook, mail or syslog");
        assertThat(SITES.near().run("alert", "list").succeeded().text()).contains("nobody is told: name a webhook");
    }

    @Test
    @Order(2)
    void aPeerThatIsAwayIsToldWithTheVerdictOfTheProbe() throws Exception {
        SITES.far().run("replicate", "lost", "--wait").failed(3, "may not write to pool main");
        SITES.near().stop();
        Await.until("the alert is there", TOLD, () -> !webhook.of(PEER).isEmpty());
        JsonNode first = webhook.of(PEER).getFirst();
        assertThat(first.path("event").asText()).isEqualTo("raised");
        assertThat(first.at("/probe/verdict").asText())
                .as("the first message has it")
                .isNotEmpty();
        Await.until(
                "one of a probe that began when it was down",
                TOLD,
                () -> webhook.of(PEER).getLast().at("/probe/verdict").asText().equals("service-down"));
        JsonNode alert = webhook.of(PEER).getLast();
        assertThat(alert.path("text").asText())
                .startsWith("culvert far: ")
                .contains("service-down: ", "peer near is not connected");
        assertThat(alert.at("/probe/evidence").size()).as("%s", alert).isPositive();
        assertThat(alert.at("/probe/ask").asText()).isNotEmpty();
        assertThat(alert.path("gateway").asText()).isEqualTo("far/1");
        String listed = SITES.far().run("alert", "list").succeeded().text();
        assertThat(listed)
                .contains("! peer near is not connected", "  verdict service-down, layer", "  evidence ", "  ask ")
                .contains("! dataset lost was not replicated to near: ")
                .containsPattern("syslog +tcp://127.0.0.1:" + nobody + " +- .*Connection refused");
        JsonNode status =
                SITES.far().run("status", "--output", "json").succeeded().json();
        assertThat(status.at("/alarms").toString()).contains("\"id\":\"peer:near\"", "\"verdict\":\"service-down\"");
    }

    @Test
    @Order(3)
    void aKillForgetsNothingAndWhatIsOverIsTold() throws Exception {
        String incident = webhook.of(PEER).getLast().path("incident").asText();
        settings("{webhook: \"%s\"}".formatted(webhook.url()));
        SITES.far().reload();
        Await.until(
                "syslog is named no more",
                Site.PATIENCE,
                () -> !SITES.far().run("alert", "list").text().contains("syslog"));
        webhook.answer(503); // nothing is taken while it starts again
        SITES.far().kill();
        assertThat(Files.readString(SITES.far().directory().resolve("alerts.json")))
                .contains(PEER);
        SITES.far().start();
        SITES.near().start();
        SITES.awaitStream();
        Await.until(
                "the alert waits",
                Site.PATIENCE,
                () -> SITES.far().run("alert", "list").text().contains("answered 503"));
        SITES.far().kill();
        webhook.answer(200);
        SITES.far().start();
        Await.until(
                "it is told", Site.PATIENCE, () -> webhook.last(PEER, "cleared").isPresent());
        assertThat(webhook.of(PEER))
                .extracting(alert -> alert.path("incident").asText())
                .containsOnly(incident);
        assertThat(webhook.of(PEER).stream()
                        .filter(alert -> alert.path("event").asText().equals("raised")))
                .as("%s", webhook.posted())
                .hasSize(1);
    }
}
