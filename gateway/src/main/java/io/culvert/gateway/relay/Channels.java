package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;

/** Opens channels of kind RELAY to peers; given by the composition root. */
public interface Channels {

    /** @throws StreamException at once if there is no stream to the peer */
    Channel open(String peer, Slice opening) throws StreamException;
}
