package io.culvert.gateway.stream;

import io.culvert.proto.frame.BytePool;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Makes the TCP connections of relayed flows on the stream's event loops. Thread-safe. */
public final class Sockets {

    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int LEAST_READ_BYTES = 2 << 10;

    /** As in "bind(..) failed with error(-98): Address already in use". */
    private static final Pattern CALL_BEFORE = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /** As in "Connection refused: /192.0.2.1:2049". */
    private static final String ADDRESS_BEHIND = ": [^ ]*/[^ ]+$";

    private final EventLoopGroup group;
    private final BytePool pool;

    Sockets(EventLoopGroup group, BytePool pool) {
        this.group = group;
        this.pool = pool;
    }

    /** Reads that grow with what comes, up to so much. */
    static RecvByteBufAllocator reads(int maxBytes) {
        return new AdaptiveRecvByteBufAllocator(
                Math.min(LEAST_READ_BYTES, maxBytes), Math.min(FIRST_READ_BYTES, maxBytes), maxBytes);
    }

    /** A port that is listened on. */
    public interface Listening extends AutoCloseable {

        /** Where; with the port that was taken if 0 was asked for. */
        InetSocketAddress address();

        /** Accepts no more; what was accepted is not touched. Idempotent. */
        @Override
        void close();
    }

    /**
     * Listens; hands each connection over on an event loop.
     *
     * @throws IOException if the port cannot be had; its message is the kernel's
     */
    public Listening listen(InetSocketAddress at, int backlog, Consumer<FlowSocket> accepted) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, backlog)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel channel) {
                        accepted.accept(new FlowSocket(channel, pool));
                    }
                });
        Channel listener = await(bootstrap.bind(at));
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return (InetSocketAddress) listener.localAddress();
            }

            @Override
            public void close() {
                listener.close().awaitUninterruptibly();
            }
        };
    }

    /**
     * Connects; blocks.
     *
     * @param fromPort the local port, 0 for any
     * @throws IOException if it cannot be made; its message says why
     */
    public FlowSocket connect(InetSocketAddress target, int fromPort, Duration timeout) throws IOException {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .handler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel channel) {}
                });
        if (fromPort > 0) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).localAddress(fromPort);
        }
        return new FlowSocket((EpollSocketChannel) await(bootstrap.connect(target)), pool);
    }

    private static Channel await(ChannelFuture made) throws IOException {
        made.awaitUninterruptibly();
        Throwable failure = made.cause();
        if (failure != null) {
            made.channel().close();
            throw plain(failure);
        }
        return made.channel();
    }

    /** The kernel's own words, as the JDK's sockets have them. */
    static String words(Throwable failure) {
        return CALL_BEFORE
                .matcher(String.valueOf(failure.getMessage()))
                .replaceFirst("")
                .replaceFirst(ADDRESS_BEHIND, "");
    }

    /** The same in the JDK's kind of exception. */
    private static IOException plain(Throwable failure) {
        String message = words(failure);
        if (failure instanceof ConnectTimeoutException) {
            return new SocketTimeoutException("no answer in time");
        }
        boolean taken = message.equals("Address already in use") || message.equals("Cannot assign requested address");
        return taken ? new BindException(message) : new IOException(message, failure);
    }
}
