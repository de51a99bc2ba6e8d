package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.SyslogServer;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.siteconfig.Alerts;
import io.culvert.siteconfig.HostPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alerts that a real rsyslogd takes. */
final class SyslogChannelIT {
    private static final Cut CUT = new Cut(Duration.ofMinutes(5));
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final LocalLog NONE = message -> {
        throw new IOException("nothing is sent there");
    };

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // set by start
    private static TestCertificates certificates;

    @SuppressWarnings("NullAway.Init") // set by start
    private static SyslogServer server;

    @BeforeAll
    static void start() throws Exception {
        certificates = new TestCertificates(directory.resolve("pki"));
        server = new SyslogServer(
                directory.resolve("rsyslog"),
                certificates.issue("collector", Instant.now().plusSeconds(3600)));
        Await.until("rsyslogd serves", SOON, server::serves);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static SyslogChannel remote(Alerts.Syslog.Protocol protocol, int port, Path... bundles) {
        return new SyslogChannel(
                new Alerts.Syslog.Remote(protocol, new HostPort("127.0.0.1", port)),
                Samples.ORIGIN,
                NONE,
                List.of(bundles));
    }

    private static int port(Alerts.Syslog.Protocol protocol) {
        return switch (protocol) {
            case UDP -> server.udp();
            case TCP -> server.tcp();
            case TLS -> server.tls();
        };
    }

    @ParameterizedTest
    @EnumSource
    void aCollectorUnderstandsEveryPartOfIt(Alerts.Syslog.Protocol protocol) throws Exception {
        String sentence = "over " + protocol + ": \"all\" of [it] \\ is\nhere, 끝";
        remote(protocol, port(protocol), certificates.ca()).send(Samples.alert(Alert.Event.RAISED, sentence), CUT);
        Await.until(
                "it is written",
                SOON,
                () -> server.understood().stream().anyMatch(line -> line.contains("over " + protocol)));
        assertThat(server.understood().stream().filter(line -> line.contains("over " + protocol)))
                .singleElement()
                .asString()
                .startsWith("daemon.err|gw1|culvert|RAISED|[culvert@32473 site=\"seoul\" gateway=\"seoul/1\""
                        + " alarm=\"peer:busan\" incident=\"peer:busan@1796050760\" verdict=\"firewall-drop\""
                        + " layer=\"firewall\"]|")
                .contains("site seoul raised: over " + protocol + ": \"all\" of [it] \\ is here, 끝 | ask: ");
    }

    @Test
    void aCollectorThatNobodySignedForIsRefused() {
        assertThatThrownBy(() ->
                        remote(Alerts.Syslog.Protocol.TLS, server.tls()).send(Samples.alert(Alert.Event.TEST), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("tls://127.0.0.1:" + server.tls() + ": ")
                .hasMessageContaining("certif");
    }

    @ParameterizedTest
    @EnumSource
    void aPortAtWhichNobodyListensIsNoticed(Alerts.Syslog.Protocol protocol) throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        SyslogChannel channel = remote(protocol, free, certificates.ca());
        assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.TEST), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(channel.target() + ": ");
    }

    @Test
    void aCollectorThatResetsHasNotTakenIt() throws Exception {
        try (ServerSocket listener = new ServerSocket(0)) {
            Thread reset = Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    socket.setSoLinger(true, 0); // closing with what came unread, and without waiting, is a reset
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            SyslogChannel channel = remote(Alerts.Syslog.Protocol.TCP, listener.getLocalPort());
            assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.TEST), CUT))
                    .isInstanceOf(IOException.class);
            reset.join();
        }
    }
}
