package io.culvert.gateway.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.ConsoleLink;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.admin.client.GatewayClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser, or who pretends to be one, gets on TCP. */
final class ConsoleServerTest {
    private static final String SESSION = "/api/v1/session";

    @TempDir
    private Path directory;

    private final FakeSite site = new FakeSite();
    private ServedConsole console;
    private HttpClient client;
    private GatewayClient socket;

    @BeforeEach
    void start() throws Exception {
        console = new ServedConsole(directory, site);
        socket = new GatewayClient(console.socket());
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        client = HttpClient.newBuilder().sslContext(trusting).build();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        console.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(console.address() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder signIn(String code) {
        return to(SESSION)
                .POST(HttpRequest.BodyPublishers.ofString("{\"code\":\"" + code + "\"}"))
                .header("Content-Type", "application/json");
    }

    private String code() throws Exception {
        return socket.consoleLink().url().replaceAll(".*#code=", "");
    }

    /** Of a new session. */
    private String cookie() throws Exception {
        String cookie = send(signIn(code())).headers().firstValue("Set-Cookie").orElseThrow();
        return cookie.replaceAll(";.*", "");
    }

    private static void assertProblem(HttpResponse<String> response, int status, String part) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = ViewJson.MAPPER.readTree(response.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asText()).contains(part);
    }

    @Test
    void aLinkHasItsCodeWhereNoServerSeesIt() throws Exception {
        ConsoleLink link = socket.consoleLink();
        assertThat(link.url()).startsWith(console.address() + "/#code=");
        assertThat(link.certificate()).matches("[0-9a-f]{64}");
        assertThat(URI.create(link.url()).getFragment()).hasSize("code=".length() + 43);
    }

    @Test
    void aCodeOpensOneSessionWhoseCookieNoScriptAndNoOtherSiteGets() throws Exception {
        String code = code();
        HttpResponse<String> response = send(signIn(code));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Set-Cookie").orElseThrow())
                .matches("__Host-culvert-seoul\\.1=[A-Za-z0-9_-]{43}; Path=/; Secure; HTTPOnly; SameSite=Strict");
        assertThat(response.body()).contains("\"gateway\":\"seoul/1\"").doesNotContain(code);
        assertProblem(send(signIn(code)), 401, "opens one session");
    }

    @Test
    void everyWrongCodeIsAnsweredAlikeAndAfterMoreThanEnoughNoMore() throws Exception {
        String used = code();
        send(signIn(used));
        String first = send(signIn(used)).body();
        for (String wrong : List.of("", "x", "y".repeat(500), used + "x", "%00")) {
            assertThat(send(signIn(wrong)).body()).isEqualTo(first);
        }
        HttpResponse<String> last = send(signIn("z"));
        for (int i = 0; last.statusCode() == 401 && i < 60; i++) {
            last = send(signIn("z"));
        }
        assertProblem(last, 429, "too many wrong codes");
        assertThat(last.headers().firstValue("Retry-After")).contains("60");
        assertThat(send(signIn(code())).statusCode()).as("a right code").isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"code\":7}", "{\"code\":{}}"})
    void whatIsNoCodeOpensNothing(String body) throws Exception {
        HttpResponse<String> response = send(to(SESSION).POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).isIn(400, 401);
        assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(send(to(SESSION).POST(HttpRequest.BodyPublishers.ofString("x".repeat(2_000))))
                        .statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
        "Sec-Fetch-Site, none",
        "Origin, https://evil.example",
        "Origin, null"
    })
    void aPageOfAnotherServerNeitherSignsInNorOut(String header, String value) throws Exception {
        String cookie = cookie();
        assertProblem(send(signIn(code()).header(header, value)), 403, "another server");
        assertProblem(send(to(SESSION).DELETE().header("Cookie", cookie).header(header, value)), 403, "another server");
        assertThat(send(to(SESSION).header("Cookie", cookie)).statusCode()).isEqualTo(200);
        assertThat(send(signIn(code()).header("Origin", console.address()).header("Sec-Fetch-Site", "same-origin"))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/status",
                "/api/v1/events",
                "/api/v1/jobs",
                "/api/openapi.yaml",
                "/api/v1/nothing",
                SESSION
            })
    void nothingIsToldWithoutASession(String path) throws Exception {
        assertProblem(send(to(path)), 401, "culvert console");
        assertProblem(send(to(path).header("Cookie", "__Host-culvert-seoul.1=guess")), 401, "culvert console");
        assertThat(site.calls).isEmpty();
    }

    @Test
    void aSessionMayAskWhatTheConsoleShows() throws Exception {
        String cookie = cookie();
        for (Endpoint endpoint : ApiRoutes.of(site).endpoints()) {
            if (endpoint.shown() && !endpoint.path().contains("{")) {
                assertThat(send(to(endpoint.path()).header("Cookie", cookie)).statusCode())
                        .as(endpoint.path())
                        .isEqualTo(200);
            }
        }
        assertThat(send(to("/api/v1/snapshots/s-1").header("Cookie", cookie)).statusCode())
                .isEqualTo(200);
        assertThat(send(to("/api/openapi.yaml").header("Cookie", cookie)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aSessionMayDoNothingElse() throws Exception {
        String cookie = cookie();
        for (Endpoint endpoint : ApiRoutes.of(site).endpoints()) {
            if (!endpoint.shown()) {
                HttpRequest.Builder request = to(endpoint.path().replaceAll("\\{\\w+}", "1"))
                        .header("Cookie", cookie)
                        .method(endpoint.method(), HttpRequest.BodyPublishers.ofString("{}"));
                assertProblem(send(request), 403, "commands are given by \"culvert\"");
            }
        }
        assertProblem(
                send(to(LinkRoutes.PATH).header("Cookie", cookie).POST(HttpRequest.BodyPublishers.noBody())),
                403,
                "commands are given by \"culvert\"");
        assertProblem(
                send(to("/api/v1/jobs/j-1?wait=30000").header("Cookie", cookie)),
                403,
                "commands are given by \"culvert\"");
        assertThat(site.calls).isEmpty();
    }

    @Test
    void signingOutEndsTheSessionAndForgetsTheCookie() throws Exception {
        String cookie = cookie();
        HttpResponse<String> response = send(to(SESSION).DELETE().header("Cookie", cookie));
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        assertProblem(send(to("/api/v1/status").header("Cookie", cookie)), 401, "culvert console");
    }

    @Test
    void whatThePageAsksByItselfIsNoUse() throws Exception {
        String cookie = cookie();
        String ends = send(to(SESSION).header("Cookie", cookie)).body();
        HttpRequest.Builder unattended = to(SESSION).header("Cookie", cookie).header("Culvert-Unattended", "yes");
        assertThat(send(unattended).body()).isEqualTo(ends);
        send(to("/api/v1/status").header("Cookie", cookie).header("Culvert-Unattended", "yes"));
        assertThat(send(unattended).body()).isEqualTo(ends);
        send(to("/api/v1/status").header("Cookie", cookie));
        assertThat(send(unattended).body()).isNotEqualTo(ends);
    }

    @Test
    void whoSignsInAgainHasOneSession() throws Exception {
        String before = cookie();
        send(signIn(code()).header("Cookie", before));
        assertProblem(send(to("/api/v1/status").header("Cookie", before)), 401, "culvert console");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/healthz", "/metrics", "/api/v1/status", "/nothing"})
    void everyAnswerTellsTheBrowserToTrustNothingElse(String path) throws Exception {
        HttpResponse<String> response = send(to(path));
        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types lit-html")
                .doesNotContain("unsafe");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(response.headers().firstValue("Strict-Transport-Security")).isEmpty();
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void filesAreNamedByTheirBytesAndKeptAndThePageIsNot() throws Exception {
        HttpResponse<String> page = send(to("/"));
        assertThat(page.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        Matcher named = Pattern.compile("\"(/assets/[0-9a-f]{16}/[a-z.]+)\"").matcher(page.body());
        List<String> files = named.results().map(found -> found.group(1)).toList();
        assertThat(files).hasSize(3);
        for (String file : files) {
            HttpResponse<String> response = send(to(file));
            assertThat(response.statusCode()).as(file).isEqualTo(200);
            assertThat(response.headers().firstValue("Cache-Control").orElseThrow())
                    .contains("immutable");
        }
        assertThat(page.body()).doesNotContain("<style", "<script>", "style=", "onload");
        assertProblem(send(to("/assets/0000000000000000/main.js")), 404, "there is no");
        assertProblem(send(to("/assets/..%2f..%2fopenapi.yaml")), 404, "there is no");
    }

    /** The certificate is of no authority that this JVM knows. */
    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
