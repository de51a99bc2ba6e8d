package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.DebianPackage;
import io.culvert.proto.frame.BytePool;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the kernel was told of a relayed connection's socket. */
final class FlowSocketIT {

    @Test
    void aClientThatIsGoneWithoutAWordIsAskedForAfterAMinute() throws Exception {
        DebianPackage.require("iproute2", "ss");
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Sockets sockets = new Sockets(group, peer -> null, new BytePool());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FlowSocket made = sockets.connect(
                    (InetSocketAddress) server.getLocalSocketAddress(), "busan", 0, Duration.ofSeconds(5));
            try (Socket other = server.accept()) {
                assertThat(other.isConnected()).isTrue();
                assertThat(timer(made.local().getPort())).matches("keepalive,(1min|[45]\\dsec|1min\\S*),0");
            } finally {
                made.abort();
            }
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static String timer(int port) throws Exception {
        Process ss = new ProcessBuilder("ss", "-Htno", "sport = :" + port).start();
        String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text).contains("timer:(");
        return text.replaceAll("(?s).*timer:\\(([^)]*)\\).*", "$1");
    }
}
