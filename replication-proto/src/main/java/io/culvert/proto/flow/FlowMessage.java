package io.culvert.proto.flow;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.Frame;
import java.nio.ByteBuffer;

/**
 * A message of a relayed connection. Numbers are big-endian; the top bit of the first byte, W, asks for an acknowledgement.
 *
 * <pre>
 *   00 | received (8) | instance (8) | size (8) CONNECTED  the far end is there and has received so much, and keeps this history
 *   W1 | offset (8) | received (8) | bytes     DATA       bytes of the connection from this offset on
 *   W2 | offset (8) | received (8)             END        half closed behind this offset; counts as one byte more
 *   03 | received (8)                          ACK
 *   W4 | offset (8) | received (8) | packed    PACKED     as DATA, by reference to what was relayed before
 *   05 | received (8)                          AGAIN      take it up in a new channel: the history that PACKED refers to is lost
 * </pre>
 *
 * <p>{@code received} is what the sender of the message has received from the other end: bytes, and one for an END.
 */
public sealed interface FlowMessage {

    /** What stands before the bytes of {@link Data}. */
    int HEAD_BYTES = 1 + 2 * Long.BYTES;

    /** The most bytes of a connection in one message, so that it is one frame. */
    int MAX_DATA_BYTES = Frame.MAX_PAYLOAD_BYTES - HEAD_BYTES;

    int CONNECTED = 0;
    int DATA = 1;
    int END = 2;
    int ACK = 3;
    int PACKED = 4;
    int AGAIN = 5;
    int WANTED = 0x80;

    /** How much the sender has received. */
    long received();

    /**
     * What an end remembers of what came, for {@link Packed} to refer to.
     *
     * @param instance another one each time it begins to remember
     * @param sizeBytes 0 if it remembers nothing
     */
    record History(long instance, long sizeBytes) {

        /** None. */
        public static final History NONE = new History(0, 0);

        public boolean isKept() {
            return sizeBytes > 0;
        }
    }

    /** The target took the connection, or the flow goes on in this channel. */
    record Connected(long received, History history) implements FlowMessage {}

    /** From the accepting side: it cannot unpack any more, and will be where it says in another channel. */
    record Again(long received) implements FlowMessage {}

    /** Bytes of the connection; they share the array of the message. */
    record Data(long offset, long received, boolean wantsAck, Slice bytes) implements FlowMessage {}

    /** Bytes of the connection in fewer; they share the array of the message. */
    record Packed(long offset, long received, boolean wantsAck, Slice packed) implements FlowMessage {}

    /** No more bytes follow. */
    record End(long offset, long received, boolean wantsAck) implements FlowMessage {}

    /** Nothing but what was received, and perhaps a question. */
    record Ack(long received, boolean wantsAck) implements FlowMessage {}

    /**
     * Reads a message.
     *
     * @throws FlowException if it is none
     */
    static FlowMessage read(Slice message) throws FlowException {
        ByteBuffer in = ByteBuffer.wrap(message.array(), message.offset(), message.length());
        if (message.length() < 1 + Long.BYTES) {
            throw new FlowException("a message of " + message.length() + " bytes");
        }
        int first = in.get() & 0xff;
        int kind = first & ~WANTED;
        boolean wanted = (first & WANTED) != 0;
        if (kind == CONNECTED || kind == ACK || kind == AGAIN) {
            return shortMessage(in, kind, wanted);
        }
        if (message.length() < HEAD_BYTES) {
            throw new FlowException("a message of kind " + kind + " and " + message.length() + " bytes");
        }
        long offset = in.getLong();
        long received = in.getLong();
        Slice rest = message.slice(HEAD_BYTES, message.length() - HEAD_BYTES);
        if (offset < 0 || received < 0 || rest.isEmpty() != (kind == END)) {
            throw new FlowException("a malformed message of kind " + kind);
        }
        return switch (kind) {
            case DATA -> new Data(offset, received, wanted, rest);
            case PACKED -> new Packed(offset, received, wanted, rest);
            case END -> new End(offset, received, wanted);
            default -> throw new FlowException("a message of kind " + kind);
        };
    }

    private static FlowMessage shortMessage(ByteBuffer in, int kind, boolean wanted) throws FlowException {
        long received = in.getLong();
        int rest = kind == CONNECTED ? 2 * Long.BYTES : 0;
        if (wanted && kind != ACK || in.remaining() != rest || received < 0) {
            throw new FlowException("a malformed message of kind " + kind);
        }
        return switch (kind) {
            case ACK -> new Ack(received, wanted);
            case AGAIN -> new Again(received);
            default -> new Connected(received, new History(in.getLong(), Math.max(0, in.getLong())));
        };
    }

    static Slice connected(long received, History history) {
        return Slice.of(ByteBuffer.allocate(1 + 3 * Long.BYTES)
                .put((byte) CONNECTED)
                .putLong(received)
                .putLong(history.instance())
                .putLong(history.sizeBytes())
                .array());
    }

    static Slice ack(long received, boolean wantsAck) {
        return shortMessage(wantsAck ? ACK | WANTED : ACK, received);
    }

    static Slice again(long received) {
        return shortMessage(AGAIN, received);
    }

    private static Slice shortMessage(int kind, long received) {
        return Slice.of(ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) kind)
                .putLong(received)
                .array());
    }

    /** Writes the head of a message with an offset into its array. */
    static void writeHead(byte[] array, int at, int kind, boolean wantsAck, long offset, long received) {
        ByteBuffer.wrap(array, at, HEAD_BYTES)
                .put((byte) (wantsAck ? kind | WANTED : kind))
                .putLong(offset)
                .putLong(received);
    }
}
