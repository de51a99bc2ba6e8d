package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
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
    private @Nullable SocketListener listener;
    private int headroomBytes;
    private volatile boolean quiet;

    FlowSocket(EpollSocketChannel channel, BytePool pool) {
        this.channel = channel;
        this.pool = pool;
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
    }

    public InetSocketAddress remote() {
        return channel.remoteAddress();
    }

    public InetSocketAddress local() {
        return channel.localAddress();
    }

    /**
     * Begins to tell the listener; nothing is read before {@link #wantRead}. Once.
     *
     * @param headroomBytes room before the bytes in each array
     * @param maxBytes the most bytes in one array
     */
    public void start(int headroomBytes, int maxBytes, SocketListener listener) {
        this.headroomBytes = headroomBytes;
        this.listener = listener;
        channel.config().setRecvByteBufAllocator(Sockets.reads(maxBytes));
        channel.eventLoop().execute(() -> {
            channel.pipeline().addLast(new Events());
            if (!channel.isActive()) {
                failed("it was closed");
            }
        });
    }

    /** Whether it is read from; off until the first call. What the kernel has when the far side ends may still come when off. */
    public void wantRead(boolean wanted) {
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    /** Writes bytes, which are borrowed until {@code written} runs, on the event loop; it does not run if the socket fails before. */
    public void write(Slice bytes, Runnable written) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()))
                .addListener(done -> {
                    if (done.isSuccess()) {
                        written.run();
                    }
                });
    }

    /** Closes the own half behind what was written; {@code done} runs on the event loop when it has, never in this call. */
    public void shutdownOutput(Runnable done) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> channel.shutdownOutput().addListener(shut -> {
                    Throwable failure = shut.cause();
                    if (failure == null) {
                        channel.eventLoop().execute(done);
                    } else {
                        channel.eventLoop().execute(() -> failed(Sockets.words(failure)));
                        channel.close();
                    }
                }));
    }

    /**
     * Looks whether the far side has reset it after it had closed its own half: nothing tells of that as long as nothing is written. To be
     * called now and then while its other half is open.
     */
    public void look() {
        channel.eventLoop().execute(() -> {
            boolean halfClosed = channel.isOpen() && channel.isInputShutdown() && !channel.isOutputShutdown();
            if (halfClosed && channel.tcpInfo().state() == TCP_CLOSE) {
                failed("it was reset");
                channel.close();
            }
        });
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

    private void failed(String why) {
        if (!quiet && listener != null) {
            quiet = true;
            listener.failed(why);
        }
    }

    private final class Events extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                int bytes = buffer.readableBytes();
                if (bytes > 0 && !quiet && listener != null) {
                    byte[] array = pool.take(headroomBytes + bytes);
                    buffer.readBytes(array, headroomBytes, bytes);
                    listener.came(array, headroomBytes + bytes);
                }
            } finally {
                buffer.release();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent && !quiet && listener != null) {
                listener.ended();
            }
        }

        // Both may come out of a write by the listener itself, who is told later, when it has returned.

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel.eventLoop().execute(() -> failed("it was closed"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            channel.eventLoop().execute(() -> failed(Sockets.words(cause)));
            channel.close();
        }
    }
}
