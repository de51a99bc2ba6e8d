package io.culvert.proto.frame;

/** What a frame is for; the wire number is that of {@code Frame.Kind} in frame.proto. */
public enum FrameKind {
    HELLO(1),
    PING(2),
    PONG(3),
    OPEN(4),
    DATA(5),
    CREDIT(6),
    FINISH(7),
    RESET(8),
    GOODBYE(9),
    /** Never on the wire: stands for bytes that were no frame; the machine closes the stream with the frame's code. */
    MALFORMED(0);

    private static final FrameKind[] BY_WIRE = {MALFORMED, HELLO, PING, PONG, OPEN, DATA, CREDIT, FINISH, RESET, GOODBYE
    };

    private final int wire;

    FrameKind(int wire) {
        this.wire = wire;
    }

    int wire() {
        return wire;
    }

    /** The kind with this number, {@link #MALFORMED} if there is none. */
    static FrameKind ofWire(long wire) {
        return wire > 0 && wire < BY_WIRE.length ? BY_WIRE[(int) wire] : MALFORMED;
    }
}
