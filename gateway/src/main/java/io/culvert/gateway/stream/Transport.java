package io.culvert.gateway.stream;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Netty's threads, shared by all streams of a gateway, and the sizes that both sides of a stream use. */
final class Transport implements AutoCloseable {

    /** HTTP/2 window of the stream and the connection: 1 Gbit/s x 80 ms is 10 MB. */
    static final int WINDOW_BYTES = 32 << 20;

    /** What gRPC and Netty hold unsent at most before a writer waits: an urgent frame waits behind no more than this. */
    static final int READY_BYTES = 32 << 10;

    /** How many messages gRPC may hand over ahead; each credit is bounded by the channels. */
    static final int REQUESTED_MESSAGES = 64;

    /** How long a stream that said goodbye may take to flush it. */
    static final Duration LINGER = Duration.ofSeconds(2);

    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(THREADS, EpollIoHandler.newFactory());

    EventLoopGroup group() {
        return group;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, LINGER.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(LINGER.toMillis());
    }
}
