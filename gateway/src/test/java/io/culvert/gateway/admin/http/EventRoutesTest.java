package io.culvert.gateway.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.RichSite;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events as a listener on the Unix socket gets them. */
final class EventRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path stateDir;

    private final FakeSite site = new FakeSite();
    private final List<Listener> listeners = new ArrayList<>();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(stateDir, Optional.empty(), site, new SiteMetrics());
    }

    @AfterEach
    void stop() throws IOException {
        for (Listener listener : listeners) {
            listener.channel.close();
        }
        server.close();
    }

    private Listener listen(String... headers) throws IOException {
        Listener listener = new Listener(server.socketPath(), headers);
        listeners.add(listener);
        return listener;
    }

    /** A connection of one listener. */
    private static final class Listener {
        private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        private final BufferedReader lines;

        Listener(Path socket, String... headers) throws IOException {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 10);
            channel.connect(UnixDomainSocketAddress.of(socket));
            String head = "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n"
                    + String.join(
                            "", List.of(headers).stream().map(h -> h + "\r\n").toList()) + "\r\n";
            channel.write(StandardCharsets.US_ASCII.encode(head));
            lines = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8), 512);
        }

        /** The next line that begins so. */
        String next(String start) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(start)) {
                    return line;
                }
            }
            throw new AssertionError("the stream ended before a line " + start);
        }

        @Nullable
        String line() throws IOException {
            return lines.readLine();
        }
    }

    @Test
    void tellsTheStatusAndThenWhatIsNew() throws IOException {
        Listener listener = listen();
        assertThat(listener.next("HTTP/1.1")).contains("200");
        assertThat(listener.next("Content-Type: ")).isEqualTo("Content-Type: text/event-stream");
        assertThat(listener.next("retry:")).isEqualTo("retry: 3000");
        String first = listener.next("id:");
        assertThat(listener.line()).isEqualTo("event: status");
        assertThat(listener.line()).startsWith("data: {\"gateway\"").contains("dd-busan");
        assertThat(listener.line()).isEmpty();
        site.appliances = false;
        assertThat(listener.next("id:")).isNotEqualTo(first);
        assertThat(listener.next("data:")).contains("\"appliances\":[]");
    }

    @Test
    void whoComesBackHearsOnlyWhatItMissed() throws IOException {
        String id = listen().next("id:").substring("id: ".length());
        Listener back = listen("Last-Event-ID: " + id);
        back.next("retry:");
        site.appliances = false;
        back.next("id:");
        assertThat(back.next("data:")).contains("\"appliances\":[]");
        Listener fromAnotherStart = listen("Last-Event-ID: 0-" + id.replaceAll(".*-", ""));
        assertThat(fromAnotherStart.next("data:")).contains("\"appliances\":[]");
    }

    @Test
    void looksOnceForAllListeners() throws Exception {
        for (int i = 0; i < 10; i++) {
            listen().next("id:");
        }
        int before = site.statusAsked.get();
        Await.until("it looked three times more", PATIENCE, () -> site.statusAsked.get() >= before + 3);
        long begunNanos = System.nanoTime();
        int now = site.statusAsked.get();
        Await.until("it looked twice more", PATIENCE, () -> site.statusAsked.get() >= now + 2);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void looksAtNothingWhenNobodyListens() throws Exception {
        Listener listener = listen();
        listener.next("id:");
        listener.channel.close();
        Await.until("the listener has left", PATIENCE, () -> server.listeners() == 0);
        int asked = site.statusAsked.get();
        listen().next("id:");
        assertThat(site.statusAsked.get()).isLessThanOrEqualTo(asked + 2);
    }

    @Test
    void theThirtyThirdIsToldToComeAgainAndAPlaceThatIsLeftIsFree() throws Exception {
        for (int i = 0; i < EventRoutes.MAX_LISTENERS; i++) {
            listen().next("HTTP/1.1");
        }
        assertThat(listen().next("HTTP/1.1")).contains("503");
        listeners.getFirst().channel.close();
        Await.until("a place is free", PATIENCE, () -> server.listeners() < EventRoutes.MAX_LISTENERS);
        assertThat(listen().next("HTTP/1.1")).contains("200");
    }

    /** Else the gateway's memory would hold whatever such a one has not read. */
    @Test
    void aSlowOneIsLeftOutUntilItHasTakenWhatWasSent() throws Exception {
        AtomicInteger said = new AtomicInteger();
        String much = "x".repeat(15_000);
        Path directory = Files.createDirectory(stateDir.resolve("large"));
        SiteOperations large = RichSite.saying(text -> text + much + said.incrementAndGet());
        try (AdminServer other = AdminServer.start(directory, Optional.empty(), large, new SiteMetrics())) {
            Listener slow = new Listener(other.socketPath());
            Listener quick = new Listener(other.socketPath());
            listeners.add(slow);
            listeners.add(quick);
            String newest = "";
            for (int i = 0; i < 5; i++) {
                newest = quick.next("id:");
            }
            int heard = 1;
            while (number(slow.next("id:")) < number(newest)) {
                heard++;
            }
            assertThat(heard).isLessThanOrEqualTo(2);
        }
    }

    private static int number(String id) {
        return Integer.parseInt(id.replaceAll(".*-", ""));
    }

    @Test
    void theStreamEndsWhenTheGatewayDoes() throws IOException {
        Listener listener = listen();
        listener.next("id:");
        server.close();
        String line = listener.line();
        while (line != null) {
            line = listener.line();
        }
        assertThat(line).isNull();
    }
}
