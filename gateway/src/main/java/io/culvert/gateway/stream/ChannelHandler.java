package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;

/** Serves the channels of a kind that peers open; called on a virtual thread of its own for each. */
@FunctionalInterface
public interface ChannelHandler {

    /** Serves the channel, which is closed on return; an exception resets it with FAILED and the message. */
    void serve(Channel channel, Slice openPayload) throws Exception;
}
