package io.culvert.gateway.stream;

import java.io.IOException;

/** A channel cannot go on. The kinds tell what to do: wait for the peer, give up, or try in a new channel. */
public abstract sealed class StreamException extends IOException
        permits PeerDownException, StreamLostException, ChannelResetException {

    private static final long serialVersionUID = 1L;

    private final String peer;

    StreamException(String peer, String message) {
        super(message);
        this.peer = peer;
    }

    public String peer() {
        return peer;
    }
}
