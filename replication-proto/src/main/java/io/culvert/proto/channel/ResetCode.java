package io.culvert.proto.channel;

/** Why a channel ended before its time; the wire number travels in RESET. */
public enum ResetCode {
    /** Whoever reset it does not want it any more. */
    CANCELLED(1),
    /** Policy says no: a missing grant, a lock, a fence. */
    REFUSED(2),
    /** Nothing at this gateway serves such channels. */
    UNSUPPORTED(3),
    /** More of them are open than this gateway serves. */
    LIMIT(4),
    /** Whoever served it failed; the text says how. */
    FAILED(5),
    /** What came in the channel is not what may come there. */
    PROTOCOL(6),
    /** Nothing came in time. */
    TIMEOUT(7),
    /** The gateway stops. */
    STOPPING(8),
    /** A code that this version does not know. */
    OTHER(9);

    private final int wire;

    ResetCode(int wire) {
        this.wire = wire;
    }

    int wire() {
        return wire;
    }

    static ResetCode ofWire(int wire) {
        return wire >= 1 && wire < OTHER.wire ? values()[wire - 1] : OTHER;
    }
}
