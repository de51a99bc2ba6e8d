package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection of a relayed flow, on one of the stream's own event loops: so a short message passes from socket to stream
 * without waking a thread. Its methods may be called from any thread and do not block.
 *
 * <p>Until it is closed in order, its end is a RST: also when this process is killed, so that nobody takes a cut connection for a complete
 * one.
 */
public final class FlowSocket {

    private static final int KEEPALIVE_IDLE_SECONDS = 60;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEPALIVE_PROBES = 6;

    /** The kernel's number of the state in which a TCP connection is gone. */
    private static final int TCP_CLOSE = 7;

    private final EpollSocketChannel channel;
    private final BytePool pool;
    private final SocketOutput output;
    private final AtomicInteger queued = new AtomicInteger();
    private final List<Consumer<SocketListener>> early = new ArrayList<>();
    private @Nullable SocketListener listener;
    private int headroomBytes;
    private volatile boolean quiet;
    private volatile boolean reading;

    FlowSocket(EpollSocketChannel channel, BytePool pool) {
        this.channel = channel;
        this.pool = pool;
        this.output = new SocketOutput(channel);
        channel.config()
                .setAllocator(PooledByteBufAllocator.DEFAULT) // Netty's usual one does not pool buffers as long as ours
                .setAutoRead(false)
                .setAllowHalfClosure(true)
                .setTcpNoDelay(true)
                .setSoLinger(0)
                .setKeepAlive(true);
        channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
        channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
        channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
        channel.pipeline().addLast(new Events());
    }

    public InetSocketAddress remote() {
        return channel.remoteAddress();
    }

    public InetSocketAddress local() {
        return channel.localAddress();
    }

    /**
     * Begins to tell the listener, what came before first; nothing is read before {@link #wantRead}, unless the far side ended. Once.
     *
     * @param headroomBytes room before the bytes in each array
     * @param maxBytes the most bytes in one array
     */
    public void start(int headroomBytes, int maxBytes, SocketListener listener) {
        channel.config().setRecvByteBufAllocator(new ReadSizes(maxBytes));
        channel.eventLoop().execute(() -> {
            this.headroomBytes = headroomBytes;
            this.listener = listener;
            early.forEach(event -> event.accept(listener));
            early.clear();
        });
    }

    /**
     * Whether it is read from; off until the first call. What the kernel has when the far side ends may still come when off. Calls come one
     * after the other.
     */
    public void wantRead(boolean wanted) {
        if (reading == wanted) {
            return;
        }
        reading = wanted;
        if (channel.eventLoop().inEventLoop()) {
            read(wanted);
        } else {
            channel.eventLoop().execute(() -> read(reading));
        }
    }

    /** Netty has let go of a socket whose far side ended, and must not be asked to read it again. */
    private void read(boolean wanted) {
        if (!channel.isInputShutdown() && channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    /**
     * Writes bytes, which are borrowed until {@code written} runs, on the event loop; it does not run if the socket fails before. Calls
     * come one after the other, from any thread; the bytes leave in the order of the calls.
     */
    public void write(Slice bytes, Runnable written) {
        inOrder(() -> output.write(bytes, written));
    }

    /** Closes the own half behind what was written; {@code done} runs on the event loop when it has, never in this call. */
    public void shutdownOutput(Runnable done) {
        inOrder(() -> output.write(
                Slice.empty(),
                () -> channel.shutdownOutput().addListener(shut -> {
                    Throwable failure = shut.cause();
                    if (failure == null) {
                        channel.eventLoop().execute(done);
                    } else {
                        channel.eventLoop().execute(() -> tellFailed(Sockets.words(failure)));
                        channel.close();
                    }
                })));
    }

    /**
     * Looks whether the far side has reset it after it had closed its own half: nothing tells of that as long as nothing is written. To be
     * called now and then while its other half is open.
     */
    public void look() {
        channel.eventLoop().execute(() -> {
            boolean halfClosed = channel.isOpen() && channel.isInputShutdown() && !channel.isOutputShutdown();
            if (halfClosed && channel.tcpInfo().state() == TCP_CLOSE) {
                tellFailed("it was reset");
                channel.close();
            }
        });
    }

    /** Netty runs at once what its event loop asks for, and later what other threads asked for before. */
    private void inOrder(Runnable action) {
        if (channel.eventLoop().inEventLoop() && queued.get() == 0) {
            action.run();
        } else {
            queued.incrementAndGet();
            channel.eventLoop().execute(() -> {
                queued.decrementAndGet();
                action.run();
            });
        }
    }

    /** Gives an array that came back for others to come; once. */
    public void recycle(byte[] array) {
        pool.give(array);
    }

    /** Ends it by RST. */
    public void abort() {
        quiet = true;
        channel.close();
    }

    /** Closes it in order, after both halves were. */
    public void close() {
        quiet = true;
        if (channel.isOpen()) {
            channel.config().setSoLinger(-1);
        }
        channel.close();
    }

    /** Netty reads what there is when the far side ends, asked for or not: that may be before anybody listens. */
    private void tell(Consumer<SocketListener> event) {
        if (quiet) {
            return;
        }
        SocketListener to = listener;
        if (to == null) {
            early.add(event);
        } else {
            event.accept(to);
        }
    }

    private void tellBytes(byte[] bytes) {
        tell(to -> {
            byte[] array = pool.take(headroomBytes + bytes.length);
            System.arraycopy(bytes, 0, array, headroomBytes, bytes.length);
            to.came(array, headroomBytes + bytes.length);
        });
    }

    private void tellFailed(String why) {
        tell(to -> {
            quiet = true;
            to.failed(why);
        });
    }

    private final class Events extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                int bytes = buffer.readableBytes();
                if (bytes > 0 && !quiet) {
                    read(buffer, bytes);
                }
            } finally {
                buffer.release();
            }
        }

        private void read(ByteBuf buffer, int bytes) {
            SocketListener to = listener;
            byte[] array = to == null ? new byte[bytes] : pool.take(headroomBytes + bytes);
            int at = to == null ? 0 : headroomBytes;
            buffer.readBytes(array, at, bytes);
            if (to == null) {
                tellBytes(array);
            } else {
                to.came(array, headroomBytes + bytes);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                tell(SocketListener::ended);
            }
        }

        // Both may come out of a write by the listener itself, who is told later, when it has returned.

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel.eventLoop().execute(() -> tellFailed("it was closed"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            channel.eventLoop().execute(() -> tellFailed(Sockets.words(cause)));
            channel.close();
        }
    }
}
