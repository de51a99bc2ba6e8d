package io.culvert.gateway.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two flows with a channel in memory between them, and real sockets of a client and a server at their ends. */
final class FlowTest {

    private static final int PATIENCE_MILLIS = 30_000;

    private final PairedChannel[] ends = PairedChannel.pair();
    private Socket client;
    private Socket server;
    private Thread near;
    private Thread far;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            InetSocketAddress at = (InetSocketAddress) listener.getLocalSocketAddress();
            SocketChannel nearEnd = SocketChannel.open(at);
            client = listener.accept();
            SocketChannel farEnd = SocketChannel.open(at);
            server = listener.accept();
            near = start(new Flow(nearEnd, ends[0], "near"));
            far = start(new Flow(farEnd, ends[1], "far"));
        }
        client.setSoTimeout(PATIENCE_MILLIS);
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    private static Thread start(Flow flow) {
        return Thread.startVirtualThread(() -> {
            try {
                flow.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void bothFlowsHaveEnded() throws Exception {
        near.join();
        far.join();
        client.close();
        server.close();
    }

    @Test
    void bytesAndHalfClosesPassThroughBothWays() throws IOException {
        byte[] large = new byte[3 << 20];
        new SplittableRandom(1).nextBytes(large);
        Thread.startVirtualThread(() -> {
            try {
                client.getOutputStream().write(large);
                client.shutdownOutput();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(Arrays.equals(server.getInputStream().readAllBytes(), large)).isTrue();

        server.getOutputStream().write("still open".getBytes(US_ASCII));
        server.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("still open");
    }

    @Test
    void aResetPassesThroughAsAReset() throws IOException {
        client.getOutputStream().write('a');
        assertThat(server.getInputStream().read()).isEqualTo('a');

        server.setSoLinger(true, 0);
        server.close();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void aChannelThatIsLostResetsBothEnds() {
        ends[0].reset(ResetCode.STOPPING, "the gateway stops");
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void aMessageThatIsNoneResetsTheConnectionAndTheChannel() throws Exception {
        ends[0].send(Slice.of(new byte[] {9, 1, 2}));
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void whatThePeerSaysIsGoneIsResetHere() throws Exception {
        FlowMessage.send(ends[0], new FlowMessage.Gone("refused"));
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
        client.close();
    }
}
