package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;

/** Opens channels of any kind to peers; given by the composition root. */
@FunctionalInterface
public interface PeerChannels {

    /** @throws StreamException at once if there is no stream to the peer */
    Channel open(String peer, ChannelKind kind, Slice opening) throws StreamException;
}
