package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.ProtocolCode;

/** What a received frame means for whoever runs the machine. */
public sealed interface Effect {

    /** The peer's hello came and is good; channels may be opened once the own hello is out too. */
    record Greeted(Hello peer, int version) implements Effect {}

    /** The peer opened a channel. */
    record Opened(long channel, ChannelKind kind, Slice payload) implements Effect {}

    /**
     * A whole message came. Its array belongs to the receiver, who says {@link Mux#consumed} with {@code creditBytes}
     * when it is done with it or has taken it elsewhere.
     */
    record Delivered(long channel, Slice message, boolean urgent, int creditBytes) implements Effect {}

    /** The peer will send nothing more in this channel. */
    record Finished(long channel) implements Effect {}

    /** The peer, or this machine for it, ended the channel in both directions. */
    record Reset(long channel, ResetCode code, String reason) implements Effect {}

    /** The answer to the ping with this token. */
    record Ponged(long token) implements Effect {}

    /** The peer ended the stream. */
    record Ended(ProtocolCode code, String reason) implements Effect {}
}
