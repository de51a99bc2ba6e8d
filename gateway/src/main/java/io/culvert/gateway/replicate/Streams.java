package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;

/** Opens channels to peers; given by the composition root. */
public interface Streams {

    /**
     * Opens a channel.
     *
     * @throws StreamException at once if there is no stream to the peer
     */
    Channel open(String peer, ChannelKind kind, Slice openPayload) throws StreamException;

    /** Bytes of the TCP connections to the peer so far: sent, received. */
    Wire wire(String peer);

    /** Bytes sent and received, TLS included. */
    record Wire(long out, long in) {}
}
