package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.stream.CongestionChoice.Control;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel really uses on a connection. */
final class SocketOptionsTest {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private ServerSocket server = unbound();
    private EpollSocketChannel channel = new EpollSocketChannel();

    @BeforeEach
    void connected() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        channel = (EpollSocketChannel) new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
    }

    @AfterEach
    void closed() throws IOException {
        channel.close().syncUninterruptibly();
        server.close();
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void theCongestionControlCanBeChangedWhileItLives() throws IOException {
        boolean hasBbr = Files.readString(Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control"))
                .contains("bbr");
        assertThat(SocketOptions.control(channel, Control.CUBIC)).isEqualTo("cubic");
        String used = SocketOptions.control(channel, Control.BBR);
        assertThat(used).isEqualTo(hasBbr ? "bbr" : "cubic (no bbr here)");
        assertThat(SocketOptions.control(channel, Control.CUBIC)).isEqualTo("cubic");
    }

    @Test
    void theHandshakeMeasuresAPathThatIsShort() {
        assertThat(channel.tcpInfo().rtt()).isPositive();
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
