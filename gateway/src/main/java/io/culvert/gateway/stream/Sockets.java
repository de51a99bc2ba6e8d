package io.culvert.gateway.stream;

import io.culvert.gateway.log.KernelWords;
import io.culvert.proto.frame.BytePool;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the TCP connections of relayed flows on the stream's event loops. Thread-safe. */
public final class Sockets {

    private final EventLoopGroup group;
    private final Function<String, @Nullable EventLoop> loops;
    private final BytePool pool;

    /** @param loops that of the stream to a peer, null if there is none */
    Sockets(EventLoopGroup group, Function<String, @Nullable EventLoop> loops, BytePool pool) {
        this.group = group;
        this.loops = loops;
        this.pool = pool;
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
     * Listens; hands each connection over on an event loop: that of the peer's stream if there is one, so that a short message passes
     * from one to the other without waking a thread.
     *
     * @throws IOException if the port cannot be had; its message is the kernel's
     */
    public Listening listen(InetSocketAddress at, int backlog, String peer, Consumer<FlowSocket> accepted)
            throws IOException {
        EpollServerSocketChannel listener = new EpollServerSocketChannel();
        listener.config().setReuseAddress(true).setBacklog(backlog);
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                EpollSocketChannel channel = (EpollSocketChannel) message;
                FlowSocket socket = new FlowSocket(channel, pool);
                loop(peer).register(channel).addListener(done -> {
                    if (done.isSuccess()) {
                        accepted.accept(socket);
                    } else {
                        channel.unsafe().closeForcibly();
                    }
                });
            }
        });
        await(group.register(listener));
        await(listener.bind(at));
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return listener.localAddress();
            }

            @Override
            public void close() {
                listener.close().awaitUninterruptibly();
            }
        };
    }

    private EventLoop loop(String peer) {
        EventLoop its = loops.apply(peer);
        return its == null ? group.next() : its;
    }

    /**
     * Connects; blocks.
     *
     * @param peer for whom, see {@link #listen}
     * @param fromPort the local port, 0 for any
     * @throws IOException if it cannot be made; its message says why
     */
    public FlowSocket connect(InetSocketAddress target, String peer, int fromPort, Duration timeout)
            throws IOException {
        EpollSocketChannel channel = new EpollSocketChannel();
        FlowSocket socket = new FlowSocket(channel, pool);
        channel.config().setConnectTimeoutMillis((int) timeout.toMillis());
        await(loop(peer).register(channel));
        if (fromPort > 0) {
            channel.config().setReuseAddress(true);
            await(channel.bind(new InetSocketAddress(fromPort)));
        }
        await(channel.connect(target));
        return socket;
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
        return KernelWords.of(String.valueOf(failure.getMessage()));
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
