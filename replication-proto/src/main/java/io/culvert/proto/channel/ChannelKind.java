package io.culvert.proto.channel;

import java.util.Optional;

/**
 * What a channel is for, with the bounds that follow from it.
 *
 * <p>The window is how much the far side may send before this one has consumed it. It starts at the initial one and
 * doubles each time a whole window was consumed, up to the maximum and as far as the gateway's {@link WindowBudget}
 * lends, so that idle channels cost little and busy ones fill 1 Gbit/s x 80 ms.
 */
public enum ChannelKind {
    /** Small questions and answers between two gateways. */
    CONTROL(1, 64 << 10, 256 << 10, 64 << 10),
    /** One replication session. Its window is what is on its way or not yet stored: what a cut can cost to send again. */
    REPLICATION(2, 4 << 20, 16 << 20, Limits.MAX_MESSAGE_BYTES),
    /** Reading from a far pool: restore, verify, heal. */
    READ(3, 4 << 20, 24 << 20, Limits.MAX_MESSAGE_BYTES),
    /** One relayed connection of an appliance. */
    RELAY(4, 64 << 10, 16 << 20, 256 << 10),
    /** One question which RPC programs an appliance has, and its answer. */
    PROGRAMS(5, 64 << 10, 64 << 10, 32 << 10),
    /** The datagrams between one client and a port of an appliance. */
    DATAGRAM(6, 64 << 10, 256 << 10, 64 << 10),
    /** Where all gateways of a site are reached. */
    GATEWAYS(7, 64 << 10, 64 << 10, 32 << 10),
    /** How fast bytes go through the stream, measured for a moment. */
    RATE(8, 64 << 10, 16 << 20, 64 << 10);

    private final int wire;
    private final int initialWindowBytes;
    private final int maxWindowBytes;
    private final int maxMessageBytes;

    ChannelKind(int wire, int initialWindowBytes, int maxWindowBytes, int maxMessageBytes) {
        this.wire = wire;
        this.initialWindowBytes = initialWindowBytes;
        this.maxWindowBytes = maxWindowBytes;
        this.maxMessageBytes = maxMessageBytes;
    }

    int wire() {
        return wire;
    }

    int initialWindowBytes() {
        return initialWindowBytes;
    }

    int maxWindowBytes() {
        return maxWindowBytes;
    }

    /** The longest message that may be sent in such a channel. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    static Optional<ChannelKind> ofWire(int wire) {
        for (ChannelKind kind : values()) {
            if (kind.wire == wire) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
