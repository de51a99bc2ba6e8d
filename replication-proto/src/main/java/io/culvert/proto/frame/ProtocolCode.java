package io.culvert.proto.frame;

/**
 * Why a stream is over, as a name; the wire number travels in GOODBYE.
 *
 * <p>All but the last five are violations: the peer broke the protocol, and only a newer or repaired peer will help.
 */
public enum ProtocolCode {
    /** The bytes are no frame, or a field has a value that its kind does not allow. */
    MALFORMED_FRAME(1),
    /** A frame or one of its parts is longer than its bound. */
    FRAME_TOO_LONG(2),
    /** A kind of frame that this version does not know. */
    UNKNOWN_KIND(3),
    /** Something came before the hello. */
    HELLO_MISSING(4),
    /** A second hello. */
    HELLO_REPEATED(5),
    /** The hello could not be read or names limits outside their range. */
    HELLO_INVALID(6),
    /** The two sides have no version in common. */
    UNKNOWN_VERSION(7),
    /** The hello names another site than the certificate. */
    WRONG_SITE(8),
    /** A frame for a channel that is not open. */
    UNKNOWN_CHANNEL(9),
    /** A channel opened under an id that was used before. */
    REUSED_CHANNEL(10),
    /** A channel opened under an id of the other side. */
    WRONG_PARITY(11),
    /** More open channels than the hello allowed. */
    TOO_MANY_CHANNELS(12),
    /** Data beyond the credit. */
    CREDIT_EXCEEDED(13),
    /** More credit than there can be. */
    CREDIT_OVERFLOW(14),
    /** A message longer than its bound, or fragments that do not add up to what the first one said. */
    MESSAGE_INVALID(15),
    /** Data after the finish. */
    AFTER_FINISH(16),
    /** More pings than can be meant. */
    PING_FLOOD(17),
    /** Another stream of the same pair of sites is in use. */
    DUPLICATE(32),
    /** A newer stream of the same pair of sites took over. */
    REPLACED(33),
    /** The gateway stops. */
    STOPPING(34),
    /** An operator closed the stream, or the peer was revoked. */
    CLOSED(35),
    /** A code that this version does not know. */
    OTHER(36);

    private final int wire;

    ProtocolCode(int wire) {
        this.wire = wire;
    }

    public int wire() {
        return wire;
    }

    /** Whether the peer broke the protocol, rather than left for a reason of its own. */
    public boolean violation() {
        return wire < DUPLICATE.wire;
    }

    /** The code with this number, {@link #OTHER} if there is none. */
    public static ProtocolCode ofWire(int wire) {
        for (ProtocolCode code : values()) {
            if (code.wire == wire) {
                return code;
            }
        }
        return OTHER;
    }
}
