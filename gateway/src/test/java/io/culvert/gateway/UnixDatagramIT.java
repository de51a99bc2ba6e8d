package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.SyslogServer;
import io.culvert.gateway.testing.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams to a Unix socket that a real rsyslogd reads, as it reads those of /dev/log. */
final class UnixDatagramIT {
    private static final byte[] MESSAGE =
            "<27>culvert[42]: site seoul raised: pool main: 끝".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void theSyslogOfThisMachineUnderstandsIt() throws Exception {
        TestCertificates certificates = new TestCertificates(directory.resolve("pki"));
        try (SyslogServer server = new SyslogServer(
                directory.resolve("rsyslog"),
                certificates.issue("collector", Instant.now().plusSeconds(3600)))) {
            Await.until("rsyslogd serves", Duration.ofSeconds(20), server::serves);
            UnixDatagram.sendNow(server.socket().toString(), MESSAGE);
            Await.until(
                    "it is written",
                    Duration.ofSeconds(20),
                    () -> !server.understood().isEmpty());
            assertThat(server.understood())
                    .singleElement()
                    .asString()
                    .startsWith("daemon.err|")
                    .contains("|culvert|")
                    .endsWith("site seoul raised: pool main: 끝");
        }
    }

    @Test
    void saysInWordsWhyItCannotBeSent() throws IOException {
        Path file = directory.resolve("log");
        assertThatThrownBy(() -> UnixDatagram.sendNow(file.toString(), MESSAGE))
                .isInstanceOf(IOException.class)
                .hasMessage("sendto for " + file + " failed: there is no such socket");
        Files.createFile(file);
        assertThatThrownBy(() -> UnixDatagram.sendNow(file.toString(), MESSAGE))
                .isInstanceOf(IOException.class)
                .hasMessage("sendto for " + file + " failed: nobody listens there");
    }
}
