package io.culvert.gateway.admin.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that is there and hangs: whoever asks it waits as long as was said, wherever it stops. */
@Timeout(60)
final class HungGatewayTest {
    private static final Duration LIMIT = Duration.ofMillis(300);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private Path socket() {
        return directory.resolve("admin.sock");
    }

    private void assertHangs() {
        assertThatThrownBy(() -> new GatewayClient(socket()).within(LIMIT).services())
                .isInstanceOfSatisfying(OperationException.class, e -> {
                    assertThat(e.category()).isEqualTo(FailureCategory.UNREACHABLE);
                    assertThat(e.sentence()).contains("hangs: it gave no answer within 0 s");
                });
    }

    @Test
    void oneThatTakesNoConnection() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket());
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address, 1);
            for (int i = 0; i < 2; i++) { // one waits, and one more, as the kernel counts
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(channel);
                channel.connect(address);
            }
            assertHangs();
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void oneThatTakesItAndSaysNothing() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            assertHangs();
        }
    }

    @Test
    void oneThatStopsInTheMiddleOfItsAnswer() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            Thread half = Thread.ofVirtual().start(() -> {
                try (SocketChannel channel = server.accept()) {
                    channel.write(ByteBuffer.wrap(
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n[{"
                                    .getBytes(US_ASCII)));
                    ByteBuffer request = ByteBuffer.allocate(4096);
                    while (channel.read(request.clear()) >= 0) {
                        assertThat(request.position()).isNotNegative();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertHangs();
            half.join();
        }
    }
}
