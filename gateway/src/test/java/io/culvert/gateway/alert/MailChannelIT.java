package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.siteconfig.Alerts;
import io.culvert.siteconfig.HostPort;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts that a real mail server takes. */
final class MailChannelIT {
    private static final Cut CUT = new Cut(Duration.ofMinutes(5));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final List<Process> servers = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set by start
    private TestCertificates certificates;

    @BeforeEach
    void start() throws Exception {
        DebianPackage.require("python3-aiosmtpd", "aiosmtpd");
        certificates = new TestCertificates(directory.resolve("pki"));
        Files.createDirectories(directory.resolve("mails"));
    }

    @AfterEach
    void stop() {
        servers.forEach(Process::destroyForcibly);
    }

    private HostPort serve(String mode) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path script = directory.resolve("smtp-server.py");
        try (InputStream in = MailChannelIT.class.getResourceAsStream("smtp-server.py")) {
            Files.write(script, in.readAllBytes());
        }
        EtcdProcess.Tls keys = certificates.issue("mail", Instant.now().plusSeconds(3600));
        Process server = new ProcessBuilder(
                        "/usr/bin/python3",
                        script.toString(),
                        String.valueOf(port),
                        directory.resolve("mails").toString(),
                        mode,
                        keys.certificate().toString(),
                        keys.key().toString())
                .redirectErrorStream(true)
                .start();
        servers.add(server);
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("ready")) { // the library may warn before
            line = out.readLine();
        }
        assertThat(line).isEqualTo("ready");
        return new HostPort("127.0.0.1", port);
    }

    private MailChannel channel(HostPort server, Alerts.Mail.Encryption encryption, Optional<String> password)
            throws IOException {
        Path file = directory.resolve("password");
        Files.writeString(file, password.orElse("") + "\n");
        return channel(
                new Alerts.Mail(
                        List.of("ops@seoul.example", "boss@seoul.example"),
                        Optional.empty(),
                        server,
                        encryption,
                        password.map(is -> new Alerts.Mail.Login("culvert", file))),
                certificates.ca());
    }

    private static MailChannel channel(Alerts.Mail mail, Path... bundles) {
        return new MailChannel(mail, Samples.ORIGIN, List.of(bundles));
    }

    private List<MimeMessage> mails() throws Exception {
        List<MimeMessage> mails = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("mails"))) {
            for (Path file : files.sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    mails.add(new MimeMessage(Session.getInstance(new Properties()), in));
                }
            }
        }
        return mails;
    }

    private static String header(MimeMessage mail, String name) throws Exception {
        return String.join(" ", mail.getHeader(name));
    }

    @Test
    void aMailSaysEverythingAndThatAMachineWroteIt() throws Exception {
        MailChannel channel = channel(serve("plain"), Alerts.Mail.Encryption.NONE, Optional.empty());
        channel.send(
                Samples.alert(Alert.Event.RAISED, "peer 부산 is not connected: refused\r\nBcc: all@busan.example"), CUT);
        channel.send(Samples.alert(Alert.Event.CLEARED), CUT);
        List<MimeMessage> mails = mails();
        assertThat(mails).hasSize(2);
        MimeMessage raised = mails.getFirst();
        assertThat(raised.getSubject())
                .isEqualTo("culvert seoul: firewall-drop: peer 부산 is not connected: refused Bcc: all@busan.example");
        assertThat(raised.getHeader("Bcc")).isNull();
        assertThat(header(raised, "X-Rcpt")).isEqualTo("ops@seoul.example,boss@seoul.example");
        assertThat(header(raised, "X-From")).isEqualTo("culvert@gw1");
        assertThat(header(raised, "X-Helo")).isEqualTo("gw1");
        assertThat(header(raised, "Auto-Submitted")).isEqualTo("auto-generated");
        assertThat(raised.getContent().toString().replace("\r", ""))
                .contains("verdict   firewall-drop (layer firewall, confidence high)\n")
                .contains("ask       those who own the firewall: let 8443 pass\n");
        assertThat(header(raised, "References")).isEqualTo(header(mails.getLast(), "References"));
        assertThat(header(raised, "Message-ID")).isNotEqualTo(header(mails.getLast(), "Message-ID"));
    }

    @Test
    void aPasswordGoesOverTlsOnly() throws Exception {
        HostPort starttls = serve("starttls");
        channel(starttls, Alerts.Mail.Encryption.STARTTLS, Optional.of("s3cret"))
                .send(Samples.alert(Alert.Event.RAISED), CUT);
        HostPort tls = serve("tls");
        channel(tls, Alerts.Mail.Encryption.TLS, Optional.of("s3cret")).send(Samples.alert(Alert.Event.RAISED), CUT);
        for (MimeMessage mail : mails()) {
            assertThat(header(mail, "X-Tls")).isEqualTo("True");
            assertThat(header(mail, "X-Auth")).isEqualTo("True");
        }
        HostPort plain = serve("plain");
        assertThatThrownBy(() -> channel(plain, Alerts.Mail.Encryption.STARTTLS, Optional.of("s3cret"))
                        .send(Samples.alert(Alert.Event.RAISED), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("STARTTLS is required");
    }

    @Test
    void aWrongPasswordAndAServerThatNobodySignedForAreNamed() throws Exception {
        HostPort server = serve("starttls");
        assertThatThrownBy(() -> channel(server, Alerts.Mail.Encryption.STARTTLS, Optional.of("wrong"))
                        .send(Samples.alert(Alert.Event.RAISED), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(server + " does not take user and password: ")
                .hasMessageNotContaining("wrong");
        Path password = directory.resolve("password");
        Files.writeString(password, "s3cret");
        Alerts.Mail mail = new Alerts.Mail(
                List.of("ops@seoul.example"),
                Optional.of("culvert@seoul.example"),
                server,
                Alerts.Mail.Encryption.STARTTLS,
                Optional.of(new Alerts.Mail.Login("culvert", password)));
        assertThatThrownBy(() -> channel(mail).send(Samples.alert(Alert.Event.RAISED), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(server + ": ")
                .hasMessageNotContaining("\n");
        assertThat(mails()).isEmpty();
    }

    private MailChannel channelTo(HostPort server, String... to) {
        return channel(
                new Alerts.Mail(List.of(to), Optional.empty(), server, Alerts.Mail.Encryption.NONE, Optional.empty()));
    }

    private List<String> recipients() throws Exception {
        List<String> recipients = new ArrayList<>();
        for (MimeMessage mail : mails()) {
            recipients.add(header(mail, "X-Rcpt"));
        }
        return recipients;
    }

    @Test
    void anAddressThatIsRefusedKeepsNoMailFromAnybodyElse() throws Exception {
        MailChannel channel = channelTo(serve("plain"), "ops@seoul.example", "nobody@seoul.example");
        for (Alert.Event event : List.of(Alert.Event.RAISED, Alert.Event.CLEARED)) {
            assertThat(channel.send(Samples.alert(event), CUT))
                    .hasValueSatisfying(remark -> assertThat(remark).contains("there is no such mailbox"));
        }
        assertThat(recipients()).containsExactly("ops@seoul.example", "ops@seoul.example");
    }

    @Test
    void anAddressThatIsWantedLaterIsTriedForAWhileAndNobodyElseGetsItTwice() throws Exception {
        MailChannel channel = channelTo(serve("plain"), "ops@seoul.example", "later@seoul.example");
        Alert alert = Samples.alert(Alert.Event.RAISED);
        for (int i = 1; i < 8; i++) {
            assertThatThrownBy(() -> channel.send(alert, CUT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("come again");
        }
        assertThat(channel.send(alert, CUT)).isPresent();
        assertThat(recipients()).containsExactly("ops@seoul.example");
    }

    @Test
    void whatNobodyGetsFails() throws Exception {
        MailChannel channel = channelTo(serve("plain"), "nobody@seoul.example");
        assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), CUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no such mailbox");
    }

    @Test
    void aServerThatHangsUpOnceItHasTakenAMailHasTakenIt() throws Exception {
        MailChannel channel = channelTo(serve("plain"), "rude@seoul.example");
        assertThat(channel.send(Samples.alert(Alert.Event.RAISED), CUT)).isEmpty();
        assertThat(recipients()).containsExactly("rude@seoul.example");
    }

    @Test
    @Timeout(60)
    void aServerThatTalksWithoutEndFillsNoMemory() throws Exception {
        try (ServerSocket listener = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> {
                byte[] much = "220-and so on\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
                try (Socket socket = listener.accept()) {
                    while (true) {
                        socket.getOutputStream().write(much);
                    }
                } catch (IOException e) {
                    assertThat(e).isNotNull(); // it was hung up on
                }
            });
            MailChannel channel = channelTo(new HostPort("127.0.0.1", listener.getLocalPort()), "ops@seoul.example");
            assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), CUT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("it says more than 1048576 bytes");
        }
    }

    @Test
    @Timeout(60)
    void aServerThatTalksForEverIsCutOff() throws Exception {
        try (ServerSocket listener = new ServerSocket(0);
                Cut cut = new Cut(Duration.ofMillis(500))) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    while (true) {
                        socket.getOutputStream().write("220-and so on\r\n".getBytes(StandardCharsets.US_ASCII));
                        LockSupport.parkNanos(1_000_000);
                    }
                } catch (IOException e) {
                    assertThat(e).isNotNull(); // it was cut off
                }
            });
            MailChannel channel = channelTo(new HostPort("127.0.0.1", listener.getLocalPort()), "ops@seoul.example");
            assertThatThrownBy(() -> channel.send(Samples.alert(Alert.Event.RAISED), cut))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(cut.explained(e)).hasMessage("it was not taken within 0 s"));
        }
    }
}
