package io.culvert.proto.channel;

/** Which end of the TCP connection a gateway is; it decides which channel ids are its own. */
public enum Side {
    /** Opens channels 1, 3, 5, … */
    DIALER(1),
    /** Opens channels 2, 4, 6, … */
    ACCEPTOR(2);

    private final long firstId;

    Side(long firstId) {
        this.firstId = firstId;
    }

    long firstId() {
        return firstId;
    }

    /** Whether this side opens channels with this id. */
    boolean owns(long id) {
        return id > 0 && (id & 1) == (firstId & 1);
    }

    Side other() {
        return this == DIALER ? ACCEPTOR : DIALER;
    }
}
