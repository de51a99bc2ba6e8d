package io.culvert.proto.frame;

import io.culvert.dedupe.chunk.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One frame of the stream; frame.proto says what each field means for each kind.
 *
 * <p>A frame to be sent borrows its payload until the marshaller has drained it. The payload of a received frame is
 * owned by whoever received it, and its array may go back to the {@link BytePool} that it came from.
 */
public record Frame(long channel, FrameKind kind, int flags, int code, long value, Slice payload) {

    /** Flag of DATA: further fragments of the same message follow. */
    public static final int MORE = 1;

    /** Flag of DATA and CREDIT: the urgent class. */
    public static final int URGENT = 2;

    /** The longest payload. */
    public static final int MAX_PAYLOAD_BYTES = 256 << 10;

    /** What the fields in front of a payload take at most: 2 x 11 for the long ones, 3 x 6, and 4 for the length. */
    public static final int MAX_HEADER_BYTES = 48;

    /** The longest reason text of a RESET or GOODBYE that is sent; longer ones are cut. */
    public static final int MAX_TEXT_BYTES = 1024;

    public Frame {
        Objects.requireNonNull(kind, "kind");
        if (payload.length() > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "payload must be <= " + MAX_PAYLOAD_BYTES + " bytes, was " + payload.length());
        }
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The payload as text, for RESET and GOODBYE; cut at {@link #MAX_TEXT_BYTES}, control characters replaced. */
    public String text() {
        int length = Math.min(payload.length(), MAX_TEXT_BYTES);
        String raw = new String(payload.array(), payload.offset(), length, StandardCharsets.UTF_8);
        return raw.replaceAll("\\p{Cntrl}", "?");
    }

    /** A payload for {@link #text()}. */
    public static Slice textPayload(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Slice(bytes, 0, Math.min(bytes.length, MAX_TEXT_BYTES));
    }

    /** Stands for bytes that are no frame: the machine that receives it closes the stream by this name. */
    static Frame malformed(ProtocolException problem) {
        return new Frame(0, FrameKind.MALFORMED, 0, problem.code().wire(), 0, textPayload(problem.detail()));
    }
}
