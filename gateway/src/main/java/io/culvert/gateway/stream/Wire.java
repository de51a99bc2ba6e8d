package io.culvert.gateway.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection: its bytes, counted at the head of the pipeline below TLS, and when it last received any.
 *
 * <p>Counters are written by the event loop alone and may be read by any thread.
 */
final class Wire extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    private final Channel channel;
    private final LongSupplier ticker;
    private volatile String congestionControl = "";
    private volatile long bytesIn;
    private volatile long bytesOut;
    private volatile long lastReadNanos;
    private volatile long againBytes;

    private Wire(Channel channel, LongSupplier ticker) {
        this.channel = channel;
        this.ticker = ticker;
        this.lastReadNanos = ticker.getAsLong();
        SocketOptions.apply(channel);
    }

    /** Puts a counter at the head of the pipeline and sets the socket's options. */
    static Wire attach(Channel channel, LongSupplier ticker) {
        Wire wire = new Wire(channel, ticker);
        channel.pipeline().addFirst(wire);
        return wire;
    }

    /** The handshake of TCP has measured the path: by its first packet, before anything queues. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (channel instanceof EpollSocketChannel socket) {
            CongestionChoice choice = new CongestionChoice(socket.tcpInfo().rtt(), ticker.getAsLong());
            congestionControl = SocketOptions.control(channel, choice.control());
            var timer = channel.eventLoop().scheduleAtFixedRate(() -> look(socket, choice), 1, 1, TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> timer.cancel(false));
        }
        context.fireChannelActive();
    }

    private void look(EpollSocketChannel socket, CongestionChoice choice) {
        if (!socket.isOpen()) {
            return;
        }
        EpollTcpInfo info = socket.tcpInfo();
        var counted = new CongestionChoice.Counted(info.rtt(), bytesOut, info.totalRetrans());
        if (choice.look(counted, ticker.getAsLong())) {
            congestionControl = SocketOptions.control(channel, choice.control());
            LOG.info("the stream with {} goes on with {}: {}", remote(), congestionControl, choice.why());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        bytesIn += length(message);
        lastReadNanos = ticker.getAsLong();
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        bytesOut += length(message);
        context.write(message, promise);
    }

    private static int length(Object message) {
        return switch (message) {
            case ByteBuf buffer -> buffer.readableBytes();
            case ByteBufHolder holder -> holder.content().readableBytes();
            default -> 0;
        };
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }

    /** About how much was sent again so far: whole segments. The last known while the socket does not tell. */
    long againBytes() {
        if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
            try {
                EpollTcpInfo info = socket.tcpInfo();
                againBytes = (long) info.totalRetrans() * info.sndMss();
            } catch (ChannelException e) {
                LOG.atDebug().setCause(e).log("a socket that closes does not tell what it sent again");
            }
        }
        return againBytes;
    }

    long lastReadNanos() {
        return lastReadNanos;
    }

    String congestionControl() {
        return congestionControl;
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }

    SocketAddress remote() {
        return channel.remoteAddress();
    }

    /** Closes the TCP connection after this long, unless it is closed before. */
    void closeAfter(Duration delay) {
        Runnable close = this::close;
        var timer = channel.eventLoop().schedule(close, delay.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    /**
     * Closes the TCP connection at once: from here, below TLS and HTTP/2, which would first wait for their calls to end.
     */
    void close() {
        ChannelHandlerContext here = channel.pipeline().context(this);
        if (here != null) {
            here.close();
        }
    }
}
