package io.culvert.gateway.stream;

/** There is no stream to the peer now, or it takes no more channels; nothing was sent. */
public final class PeerDownException extends StreamException {

    private static final long serialVersionUID = 1L;

    private final StreamState state;

    PeerDownException(String peer, StreamState state, String why) {
        super(peer, GatewayName.called(peer) + " is " + state.words() + ": " + why);
        this.state = state;
    }

    public StreamState state() {
        return state;
    }
}
