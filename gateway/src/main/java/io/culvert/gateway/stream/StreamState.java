package io.culvert.gateway.stream;

/** What is known of the way to a peer. */
public enum StreamState {
    /** No peer of this name is set up here. */
    UNKNOWN("unknown"),
    /** This side does not dial; the peer has not come yet or went away. */
    AWAITED("awaited"),
    /** A connection is being made. */
    DIALING("being dialled"),
    /** The last attempt failed; the next one waits. */
    BACKING_OFF("down"),
    UP("up"),
    /** Closed by the operator; neither dialled nor let in. */
    CLOSED("closed");

    private final String words;

    StreamState(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
