package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.siteconfig.Alerts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookChannelTest {

    /** What came with a request. */
    private record Request(String method, String path, Optional<String> authorization, String type, byte[] body) {}

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Cut cut = new Cut(Duration.ofMinutes(1));
    private volatile int status = 204;

    @SuppressWarnings("NullAway.Init") // set by start
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server);
    }

    private void serve(HttpServer one) {
        one.createContext("/", exchange -> {
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
                    exchange.getRequestBody().readAllBytes()));
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        one.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        cut.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?site=seoul");
    }

    private WebhookChannel channel(Optional<Path> token) {
        return new WebhookChannel(new Alerts.Webhook.Plain(url(), token), Samples.ORIGIN, List.of());
    }

    @Test
    void postsJsonWithTheTokenOfTheFileAsItIsNow() throws Exception {
        Path token = directory.resolve("token");
        Files.writeString(token, "first\nmore\n");
        WebhookChannel channel = channel(Optional.of(token));
        channel.send(Samples.alert(Alert.Event.RAISED), cut);
        Files.writeString(token, "second");
        channel.send(Samples.alert(Alert.Event.CLEARED), cut);
        assertThat(requests).extracting(Request::method).containsExactly("POST", "POST");
        assertThat(requests).extracting(Request::path).containsOnly("/hook?site=seoul");
        assertThat(requests).extracting(Request::type).containsOnly("application/json");
        assertThat(requests)
                .extracting(Request::authorization)
                .containsExactly(Optional.of("Bearer first"), Optional.of("Bearer second"));
        JsonNode json = AlertJson.MAPPER.readTree(requests.getFirst().body());
        assertThat(json.at("/probe/verdict").asText()).isEqualTo("firewall-drop");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 401, 404, 500, 503})
    void takesNothingButSuccessForSuccessAndFollowsNobody(int answer) {
        status = answer;
        assertThatThrownBy(() -> channel(Optional.empty()).send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessage(url() + " answered " + answer);
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void whatIsNotWantedIsNotTriedAgain(int answer) {
        status = answer;
        assertThatThrownBy(() -> channel(Optional.empty()).send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(RefusedAlertException.class);
    }

    @Test
    void anAnswerThatIsNoneIsToldCleanAndWithItsTarget() throws Exception {
        try (ServerSocket listener = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getOutputStream().write("\u001b[2J garbage\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            URI url = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
            WebhookChannel channel =
                    new WebhookChannel(new Alerts.Webhook.Plain(url, Optional.empty()), Samples.ORIGIN, List.of());
            assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(url + " gave no proper answer: ");
        }
    }

    @Test
    void saysInOneSentenceWhyItCannotConnect() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + free + "/");
        WebhookChannel channel =
                new WebhookChannel(new Alerts.Webhook.Plain(nobody, Optional.empty()), Samples.ORIGIN, List.of());
        assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(nobody + " cannot be connected to: ");
        URI nameless = URI.create("https://no-such-host.invalid/");
        WebhookChannel unknown =
                new WebhookChannel(new Alerts.Webhook.Plain(nameless, Optional.empty()), Samples.ORIGIN, List.of());
        assertThatThrownBy(() -> unknown.send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessage(nameless + " cannot be connected to: its name does not resolve");
    }

    @ParameterizedTest
    @CsvSource({
        "'not a url with secret-7', is no URL",
        "'http://hooks.example/secret-7', is no https URL",
        "'https://hooks.example:99999/secret-7', is no https URL",
        "'/secret-7', is no https URL",
        "'   ', is empty"
    })
    void aSecretUrlIsNeverShown(String content, String problem) throws IOException {
        Path file = directory.resolve("url");
        Files.writeString(file, content);
        WebhookChannel channel = new WebhookChannel(new Alerts.Webhook.Secret(file), Samples.ORIGIN, List.of());
        assertThat(channel.target()).isEqualTo("the URL in " + file);
        assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessage("the first line of " + file + " " + problem)
                .satisfies(e -> assertThat(String.valueOf(e.getCause())).doesNotContain("secret-7"));
    }

    @Test
    void aFileThatIsNotThereOrIsNoTokenIsNamed() throws IOException {
        Path token = directory.resolve("token");
        assertThatThrownBy(() -> channel(Optional.of(token)).send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no file " + token);
        Files.writeString(token, "a\tb");
        assertThatThrownBy(() -> channel(Optional.of(token)).send(Samples.alert(Alert.Event.RAISED), cut))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no token")
                .hasMessageNotContaining("a\tb");
        assertThat(requests).isEmpty();
    }

    @Test
    void trustsTheAuthoritiesOfTheMachineAndNobodyElse() throws Exception {
        TestCertificates certificates = new TestCertificates(directory.resolve("pki"));
        EtcdProcess.Tls keys = certificates.issue("hook", Instant.now().plusSeconds(3600));
        HttpsServer secured = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        serve(secured);
        try {
            URI url = URI.create("https://127.0.0.1:" + secured.getAddress().getPort() + "/");
            Alerts.Webhook hook = new Alerts.Webhook.Plain(url, Optional.empty());
            new WebhookChannel(hook, Samples.ORIGIN, List.of(certificates.ca()))
                    .send(Samples.alert(Alert.Event.RAISED), cut);
            assertThat(requests).hasSize(1);
            assertThatThrownBy(() -> new WebhookChannel(hook, Samples.ORIGIN, List.of())
                            .send(Samples.alert(Alert.Event.RAISED), cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(url + ": no TLS with it: ")
                    .hasMessageContaining("certif");
            assertThat(requests).hasSize(1);
        } finally {
            secured.stop(0);
        }
    }

    private static SSLContext context(EtcdProcess.Tls keys) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        Certificate certificate;
        try (InputStream in = Files.newInputStream(keys.certificate())) {
            certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
        String pem = Files.readString(keys.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        store.setKeyEntry(
                "key", KeyFactory.getInstance("EC").generatePrivate(key), new char[0], new Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
