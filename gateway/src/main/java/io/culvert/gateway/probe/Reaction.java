package io.culvert.gateway.probe;

/** What a far side does with a connection in which something was sent, or nothing. */
enum Reaction {
    /** The connection stays as it is. */
    LIVES,
    /** A record of TLS comes back: an alert, or a handshake. */
    ANSWERS_TLS,
    /** Something else comes back. */
    ANSWERS,
    CLOSES,
    RESETS,
    UNCONNECTED,
    /** There was no time for it. */
    UNTRIED;

    /** Whether it says what is done to such a connection. */
    boolean isKnown() {
        return this != UNCONNECTED && this != UNTRIED;
    }

    /** A clause about whom it was done to. */
    String words() {
        return switch (this) {
            case LIVES -> "stays open";
            case ANSWERS_TLS -> "is answered by TLS";
            case ANSWERS -> "is answered, not by TLS";
            case CLOSES -> "is closed";
            case RESETS -> "is reset";
            case UNCONNECTED -> "did not come about";
            case UNTRIED -> "was not tried";
        };
    }
}
