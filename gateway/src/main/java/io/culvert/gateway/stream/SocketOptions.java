package io.culvert.gateway.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * What is set on each socket of a stream. Buffers are left to the kernel, which grows them as the path needs; the
 * packaged sysctl file raises how far.
 */
final class SocketOptions {

    /** Unacknowledged data older than this closes the connection. */
    static final int USER_TIMEOUT_MILLIS = 8_000;

    /** What the kernel holds unsent at most: an urgent frame waits behind no more than this below us. */
    static final long NOTSENT_LOWAT_BYTES = 64 << 10;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int NAME_BYTES = 16;
    private static final RawUnixChannelOption CONGESTION =
            new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, NAME_BYTES);

    private SocketOptions() {}

    /** Sets what does not depend on the path. */
    static void apply(Channel channel) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
        channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, NOTSENT_LOWAT_BYTES);
    }

    /** Sets the congestion control and returns the name of the one that the kernel then uses. */
    static String control(Channel channel, CongestionChoice.Control control) {
        String wanted = control.name().toLowerCase(Locale.ROOT);
        ByteBuffer name = ByteBuffer.allocate(NAME_BYTES)
                .put(wanted.getBytes(StandardCharsets.US_ASCII))
                .clear();
        String note = "";
        try {
            channel.config().setOption(CONGESTION, name);
        } catch (ChannelException e) {
            note = " (no " + wanted + " here)";
        }
        try {
            ByteBuffer used = Objects.requireNonNull(channel.config().getOption(CONGESTION), "TCP_CONGESTION");
            return new String(used.array(), StandardCharsets.US_ASCII)
                            .replace("\0", "")
                            .strip()
                    + note;
        } catch (ChannelException e) {
            return "unknown" + note;
        }
    }
}
