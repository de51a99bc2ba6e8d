package io.culvert.gateway.stream;

/** The stream went away under the channel; what was sent may or may not have arrived. */
public final class StreamLostException extends StreamException {

    private static final long serialVersionUID = 1L;

    StreamLostException(String peer, String why) {
        super(peer, "the stream to " + peer + " was lost: " + why);
    }
}
