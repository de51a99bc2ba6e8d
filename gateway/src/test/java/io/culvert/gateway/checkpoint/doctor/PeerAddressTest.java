package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real sockets of this host. */
@Timeout(60)
final class PeerAddressTest {

    private static final List<String> OTHERS = List.of("http://127.0.0.2:2380", "what is no URL");

    private static void check(String url, List<String> others) throws Exception {
        new PeerAddress(SSLContext.getDefault()).check(URI.create(url), others);
    }

    private static void assertRefused(String url, List<String> others, String why) {
        assertThatThrownBy(() -> check(url, others))
                .isInstanceOf(RefusedUpkeepException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aHostThatRefusesIsThere(String scheme) throws Exception {
        String url = scheme + "://127.0.0.1:" + LoopbackPorts.free(1).getFirst();
        assertThatCode(() -> check(url, OTHERS)).doesNotThrowAnyException();
    }

    @Test
    void aNameThatNobodyHasIsRefused() {
        assertRefused("http://no-such-host.invalid:2380", OTHERS, "its host has no address");
    }

    @Test
    void anAddressWhereNobodyIsIsRefused() {
        assertRefused("http://[100::1]:2380", List.of("http://10.0.0.1:2380"), "nothing was changed");
    }

    @Test
    void theAddressOfAnotherMemberByAnotherNameIsRefused() {
        assertRefused("http://localhost:2380", List.of("http://127.0.0.1:2380"), "is where the member at");
    }

    @Test
    void theHostItselfIsNoAddressForOthers() {
        assertRefused("http://127.0.0.1:2380", List.of("http://192.0.2.7:2380"), "is each host itself");
    }

    /** Answers each connection with some bytes and closes it. */
    private static Thread answer(ServerSocket server, byte[] with) {
        return Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    try (Socket socket = server.accept()) {
                        socket.getOutputStream().write(with);
                        socket.shutdownOutput();
                        socket.getInputStream().readAllBytes();
                    }
                }
            } catch (IOException e) {
                Thread.currentThread().interrupt(); // the test has closed it
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", ""})
    void whatDoesNotSpeakTlsIsNotAnHttpsPeer(String says) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread answering = answer(server, says.getBytes(StandardCharsets.US_ASCII));
            String rest = "://127.0.0.1:" + server.getLocalPort();
            assertRefused("https" + rest, OTHERS, "does not speak TLS");
            assertThatCode(() -> check("http" + rest, OTHERS)).doesNotThrowAnyException();
            server.close();
            answering.join();
        }
    }

    /** A TLS alert, handshake_failure (RFC 8446, 6): as etcd says to who has no certificate for it. */
    @Test
    void whatRefusesTheCertificateSpeaksTlsAllTheSame() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread answering = answer(server, new byte[] {21, 3, 3, 0, 2, 2, 40});
            assertThatCode(() -> check("https://127.0.0.1:" + server.getLocalPort(), OTHERS))
                    .doesNotThrowAnyException();
            server.close();
            answering.join();
        }
    }
}
