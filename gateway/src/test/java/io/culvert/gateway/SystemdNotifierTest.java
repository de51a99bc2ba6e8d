package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Unix datagram socket, as systemd has one. */
final class SystemdNotifierTest {
    private static final long PID = 4711;

    @TempDir
    private Path directory;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private String path = "";

    @BeforeEach
    void bind() throws InterruptedException {
        path = directory.resolve("notify").toString();
        Channel channel = new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(path))
                .sync()
                .channel();
        assertThat(channel.isActive()).isTrue();
    }

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void saysReadyReloadingReadyStopping() throws InterruptedException {
        try (SystemdNotifier systemd = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", path), PID)) {
            systemd.ready("serving\nall", () -> true);
            systemd.reloading();
            systemd.reloaded("read again");
            systemd.stopping();
        }
        assertThat(next()).isEqualTo("READY=1\nSTATUS=serving all");
        assertThat(next()).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
        assertThat(next()).isEqualTo("READY=1\nSTATUS=read again");
        assertThat(next()).isEqualTo("STOPPING=1");
    }

    @Test
    void feedsTheWatchdogWhileTheGatewayIsAlive() throws InterruptedException {
        AtomicBoolean alive = new AtomicBoolean(true);
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", String.valueOf(PID));
        try (SystemdNotifier systemd = SystemdNotifier.of(environment, PID)) {
            systemd.ready("x", () -> alive.get());
            assertThat(next()).startsWith("READY=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            alive.set(false);
            String last = received.poll(200, TimeUnit.MILLISECONDS);
            String after = last == null ? null : received.poll(200, TimeUnit.MILLISECONDS);
            assertThat(after).isNull();
        }
    }

    @Test
    void leavesAWatchdogOfAnotherProcessAlone() throws InterruptedException {
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "10000", "WATCHDOG_PID", "1");
        try (SystemdNotifier systemd = SystemdNotifier.of(environment, PID)) {
            systemd.ready("x", () -> true);
            assertThat(next()).startsWith("READY=1");
            assertThat(received.poll(200, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void saysNothingWithoutSystemdAndSurvivesASocketThatIsGone() throws InterruptedException {
        try (SystemdNotifier none = SystemdNotifier.of(Map.of(), PID);
                SystemdNotifier gone = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", path + ".gone"), PID)) {
            none.ready("x", () -> true);
            gone.ready("x", () -> true);
        }
        assertThat(received.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    private String next() throws InterruptedException {
        String text = received.poll(10, TimeUnit.SECONDS);
        assertThat(text).isNotNull();
        return String.valueOf(text);
    }
}
