package io.culvert.gateway.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections that a listening socket accepted: counts their bytes, and closes at once those beyond a bound of
 * all or of one address, before TLS costs anything.
 */
final class Accepted extends ChannelInboundHandlerAdapter {

    static final int MAX_CONNECTIONS = 256;
    static final int MAX_CONNECTIONS_OF_ADDRESS = 32;

    private record Ends(
            @Nullable SocketAddress local, @Nullable SocketAddress remote) {}

    private final LongSupplier ticker;
    private final ConcurrentHashMap<Ends, Wire> wires = new ConcurrentHashMap<>();

    Accepted(LongSupplier ticker) {
        this.ticker = ticker;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Channel child) {
            Ends ends = new Ends(child.localAddress(), child.remoteAddress());
            if (isFull(ends.remote)) {
                child.unsafe().closeForcibly();
                return;
            }
            Wire wire = Wire.attach(child, ticker);
            wires.put(ends, wire);
            child.closeFuture().addListener(closed -> wires.remove(ends, wire));
        }
        context.fireChannelRead(message);
    }

    private boolean isFull(@Nullable SocketAddress remote) {
        InetAddress address = address(remote);
        long same = wires.keySet().stream()
                .filter(ends -> address != null && address.equals(address(ends.remote)))
                .count();
        return wires.size() >= MAX_CONNECTIONS || same >= MAX_CONNECTIONS_OF_ADDRESS;
    }

    private static @Nullable InetAddress address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    /** The connection between these addresses, null if it is closed. */
    @Nullable
    Wire wire(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
        return wires.get(new Ends(local, remote));
    }

    int connections() {
        return wires.size();
    }
}
