package io.culvert.gateway.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.ConsoleLink;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.SessionView;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class AdminServerTest {
    @TempDir
    private Path stateDir;

    private final FakeSite site = new FakeSite();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(stateDir, Optional.empty(), site, new SiteMetrics());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void onlyOwnerAndGroupMayOpenTheSocket() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socketPath())))
                .isEqualTo("rw-rw----");
    }

    @Test
    void aSecondGatewayIsRefusedAndTheFirstGoesOn() throws IOException {
        assertThatThrownBy(() -> AdminServer.start(stateDir, Optional.empty(), site, new SiteMetrics()))
                .isInstanceOf(GatewayRunningException.class)
                .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
        assertThatThrownBy(() -> AdminServer.requireNoOther(stateDir)).isInstanceOf(GatewayRunningException.class);
        assertThat(request("GET", "/healthz", "")).startsWith("HTTP/1.1 200");
        server.close();
        AdminServer.requireNoOther(stateDir);
    }

    @Test
    void aLeftOverSocketIsReplacedButNotOneThatAnswers() throws IOException {
        server.close();
        assertThat(server.socketPath()).doesNotExist();
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(server.socketPath()));
            assertThatThrownBy(() -> AdminServer.start(stateDir, Optional.empty(), site, new SiteMetrics()))
                    .isInstanceOf(GatewayRunningException.class);
        }
        assertThat(server.socketPath()).exists();
        start();
        assertThat(request("GET", "/healthz", "")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /api/v1/jobs/j-9              |      | 404 | not-found",
                "GET    | /api/v1/jobs/..%2f..%2fetc    |      | 400 | usage",
                "GET    | /api/v1/datasets/a%00b        |      | 400 | usage",
                "GET    | /api/v1/snapshots?peer=A      |      | 400 | usage",
                "POST   | /api/v1/peers/invitations     |      | 400 | usage",
                "POST   | /api/v1/peers/invitations     | {    | 400 | usage",
                "POST   | /api/v1/peers/invitations     | null | 400 | usage",
                "POST   | /api/v1/peers/invitations     | {\"peer\":\"busan\",\"ttlSeconds\":1} | 400 | usage",
                "POST   | /api/v1/peers/join            | {\"token\":\"culvert-x\"} | 409 | refused",
                "DELETE | /api/v1/snapshots/s-1         |      | 409 | refused",
                "POST   | /api/v1/verifications         | {\"snapshot\":\"a\",\"pool\":\"b\"} | 400 | usage",
                "GET    | /api/v1/nothing               |      | 404 | usage",
                "DELETE | /api/v1/jobs                  |      | 405 | usage"
            })
    void answersWithProblemDocuments(String method, String path, String body, int status, String word)
            throws IOException {
        String response = request(method, path, body == null ? "" : body);
        assertThat(response).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
        JsonNode problem = ViewJson.MAPPER.readTree(response.substring(response.indexOf("\r\n\r\n")));
        assertThat(problem.get("type").asText()).isEqualTo("urn:culvert:problem:" + word);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asText()).isNotBlank();
    }

    @Test
    void refusesBodiesBeyondTheBound() throws IOException {
        String body = "{\"token\":\"" + "x".repeat(Requests.MAX_BODY_BYTES) + "\"}";
        assertThat(request("POST", "/api/v1/peers/join", body)).startsWith("HTTP/1.1 413");
    }

    @Test
    void aStreamThatFailsEndsWithItsProblemInATrailer() throws IOException {
        site.restoreBreaks = true;
        String response = request("POST", "/api/v1/snapshots/s-1/restore", "{}");
        assertThat(response).startsWith("HTTP/1.1 200");
        assertThat(response.substring(response.length() - 400))
                .containsIgnoringCase("Culvert-Outcome: failed")
                .contains("chunk 00ff is damaged \\u2013");
    }

    @Test
    void anIngestThatIsCutOffFails() throws Exception {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.socketPath()))) {
            write(
                    channel,
                    "POST /api/v1/datasets/pgdump/snapshots HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5\r\nhello\r\n");
        }
        assertThat(site.interruptedIngest.await(10, java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();
        assertThat(site.ingestedBytes).isZero();
    }

    @Test
    void isReadyOnlyWhenTheSiteIs() throws IOException {
        assertThat(request("GET", "/readyz", "")).startsWith("HTTP/1.1 200");
        site.ready = false;
        assertThat(request("GET", "/readyz", ""))
                .startsWith("HTTP/1.1 503")
                .contains("the checkpoint store is stopped");
    }

    @Test
    void servesOpenMetricsWithNamesOfOurs() throws IOException {
        request("GET", "/metrics", "");
        String response = request("GET", "/metrics", "");
        String body = response.substring(response.indexOf("\r\n\r\n") + 4);
        assertThat(response).contains("application/openmetrics-text");
        assertThat(body)
                .contains("culvert_stream_sent_bytes_total{peer=\"busan\"} 1500000.0")
                .contains("culvert_replica_lag_seconds{dataset=\"finance\",peer=\"busan\",pool=\"main\"} 7200.0")
                .contains("culvert_stream_up{peer=\"busan\"} 1.0")
                .contains("culvert_alarm{alarm=\"late:finance:busan:main\",verdict=\"\"} 1.0")
                .contains("culvert_pool_used_bytes{pool=\"main\"}")
                .contains("culvert_appliance_up{appliance=\"dd-busan\"} 1.0")
                .contains("culvert_relay_open{appliance=\"dd-busan\"} 2.0")
                .contains("culvert_relay_held{appliance=\"dd-busan\"} 1.0")
                .contains("culvert_relay_datagram_clients{appliance=\"dd-busan\"} 1.0")
                .contains("culvert_relay_connections_total{appliance=\"dd-busan\"} 40.0")
                .contains("culvert_relay_failures_total{appliance=\"dd-busan\"} 3.0")
                .contains("culvert_relay_bytes_total{appliance=\"dd-busan\",direction=\"to-peer\"} 9437184.0")
                .contains("culvert_relay_bytes_total{appliance=\"dd-busan\",direction=\"from-peer\"} 7000.0")
                .contains("culvert_relay_dedup_plain_bytes_total{appliance=\"dd-busan\"} 6291456.0")
                .contains("culvert_relay_dedup_sent_bytes_total{appliance=\"dd-busan\"} 2097152.0")
                .endsWith("# EOF\n");
        assertThat(body.lines().filter(line -> !line.startsWith("#"))).allMatch(line -> line.startsWith("culvert_"));
    }

    @Test
    void countersOfAppliancesGoOnAndEndWithThem() throws IOException {
        String sum = "culvert_relay_bytes_total{appliance=\"dd-busan\",direction=\"to-peer\"} ";
        site.relayedBytes = 1000;
        assertThat(request("GET", "/metrics", "")).contains(sum + "1000.0");
        site.relayedBytes = 1500;
        assertThat(request("GET", "/metrics", "")).contains(sum + "1500.0");
        site.appliances = false;
        assertThat(request("GET", "/metrics", "")).doesNotContain("dd-busan");
    }

    @Test
    void theDocumentHasTheKeysThatAnAnswerHas() throws IOException {
        Map<?, ?> schemas = (Map<?, ?>) at(document(), "components", "schemas");
        JsonNode appliance = ViewJson.MAPPER.valueToTree(site.appliances().getFirst());
        assertKeys(schemas, "ApplianceView", appliance);
        assertKeys(schemas, "ApplianceStatus", appliance.get("status"));
        assertKeys(schemas, "RelayFigures", appliance.get("status").get("figures"));
        assertKeys(schemas, "LastErrorView", appliance.get("status").get("lastError"));
        assertKeys(schemas, "ProgramsView", appliance.get("programs"));
        assertKeys(
                schemas,
                "ProgramView",
                appliance.get("programs").get("programs").get(0));
        assertKeys(schemas, "ConnectionView", appliance.get("connections").get(0));
        assertKeys(schemas, "DedupView", appliance.get("connections").get(0).get("dedup"));
        assertKeys(
                schemas,
                "ServiceView",
                ViewJson.MAPPER.valueToTree(site.services().getLast()));
        assertKeys(
                schemas,
                "ConsoleLink",
                ViewJson.MAPPER.valueToTree(new ConsoleLink("https://h:1/#code=x", FakeSite.NOW, "00ff")));
        assertKeys(schemas, "SessionView", ViewJson.MAPPER.valueToTree(new SessionView("seoul/1", FakeSite.NOW)));
        assertKeys(schemas, "SiteStatus", ViewJson.MAPPER.valueToTree(site.status()));
    }

    private static void assertKeys(Map<?, ?> schemas, String name, JsonNode answer) {
        List<String> keys = new ArrayList<>();
        answer.fieldNames().forEachRemaining(keys::add);
        assertThat(((Map<?, ?>) at(schemas, name, "properties"))
                        .keySet().stream().map(Object::toString))
                .as(name)
                .containsExactlyElementsOf(keys);
        assertThat(((List<?>) at(schemas, name, "required")).stream().map(Object::toString))
                .as(name)
                .containsExactlyElementsOf(keys);
    }

    private static Object at(Map<?, ?> from, String... keys) {
        Object found = from;
        for (String key : keys) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(key), key);
        }
        return found;
    }

    private Map<?, ?> document() throws IOException {
        String response = request("GET", "/api/openapi.yaml", "");
        return (Map<?, ?>) new Load(LoadSettings.builder().build())
                .loadFromString(response.substring(response.indexOf("\r\n\r\n")));
    }

    @Test
    void theDocumentDescribesEveryRouteAndNoOther() throws IOException {
        Map<?, ?> document = document();
        List<String> described = new ArrayList<>();
        Map<?, ?> paths = (Map<?, ?>) Objects.requireNonNull(document.get("paths"));
        paths.forEach((path, methods) -> ((Map<?, ?>) methods)
                .keySet()
                .forEach(method -> described.add(method.toString().toUpperCase(Locale.ROOT) + " " + path)));
        List<String> served = new ArrayList<>(List.of("GET " + ApiRoutes.OPENAPI));
        HealthRoutes.paths().forEach((path, method) -> served.add(method + " " + path));
        SessionRoutes.methods().forEach(method -> served.add(method + " " + SessionRoutes.PATH));
        served.add("POST " + LinkRoutes.PATH);
        served.add("GET " + EventRoutes.PATH);
        ApiRoutes.of(site).endpoints().forEach(e -> served.add(e.method() + " " + e.path()));
        assertThat(new TreeSet<>(described)).isEqualTo(new TreeSet<>(served));
    }

    /** A call that is under way when the server is closed has nobody left to answer, and says nothing of that. */
    @Test
    void aCallThatOutlivesTheServerEndsQuietly() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.socketPath()))) {
            site.whileReading = () -> {
                asked.countDown();
                awaitWhateverInterrupts(goOn);
                over.countDown();
            };
            write(channel, "GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            server.close();
            goOn.countDown();
            assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
            Await.until("the call has ended", Duration.ofSeconds(10), () -> server.callsUnderWay() == 0);
            assertThat(uncaught).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static void awaitWhateverInterrupts(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String request(String method, String path, String body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.socketPath()))) {
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            write(
                    channel,
                    method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                            + content.length + "\r\n\r\n" + body);
            ByteArrayOutputStream response = new ByteArrayOutputStream();
            Channels.newInputStream(channel).transferTo(response);
            return response.toString(StandardCharsets.UTF_8);
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
