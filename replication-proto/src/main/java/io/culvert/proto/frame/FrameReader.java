package io.culvert.proto.frame;

import io.culvert.dedupe.chunk.Slice;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads one frame from its bytes, with one copy of the payload into a pooled array.
 *
 * <p>Takes whatever protobuf takes: fields in any order, the last of several, unknown fields skipped. Refuses what is
 * longer than a frame can be before it allocates. One reader reads one frame.
 */
final class FrameReader {

    /** Room for fields of later versions. */
    static final int MAX_FRAME_BYTES = Frame.MAX_PAYLOAD_BYTES + 1024;

    private static final int MAX_VARINT_BYTES = 10;

    private final InputStream in;
    private final BytePool pool;
    private int leftBytes;

    private long channel;
    private long kind;
    private int flags;
    private int code;
    private long value;
    private Slice payload = Slice.empty();

    /** {@code lengthBytes} is how many bytes {@code in} holds. */
    FrameReader(InputStream in, int lengthBytes, BytePool pool) {
        this.in = in;
        this.leftBytes = lengthBytes;
        this.pool = pool;
    }

    /** Reads the frame; on any problem nothing pooled is lost. */
    Frame read() throws ProtocolException {
        try {
            if (leftBytes > MAX_FRAME_BYTES) {
                throw tooLong("a frame of " + leftBytes + " bytes, the bound is " + MAX_FRAME_BYTES);
            }
            while (leftBytes > 0) {
                field();
            }
            return frame();
        } catch (ProtocolException e) {
            pool.give(payload.array());
            throw e;
        } catch (IOException e) {
            pool.give(payload.array());
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "the frame ends too early");
        }
    }

    private Frame frame() throws ProtocolException {
        FrameKind known = FrameKind.ofWire(kind);
        if (known == FrameKind.MALFORMED) {
            throw new ProtocolException(ProtocolCode.UNKNOWN_KIND, "kind of frame " + kind);
        }
        if (channel < 0 || value < 0) {
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "channel or value above 2^63");
        }
        return new Frame(channel, known, flags, code, value, payload);
    }

    private void field() throws IOException {
        long tag = varint();
        if (tag == FrameFields.CHANNEL) {
            channel = varint();
        } else if (tag == FrameFields.KIND) {
            kind = (int) varint();
        } else if (tag == FrameFields.FLAGS) {
            flags = (int) varint();
        } else if (tag == FrameFields.CODE) {
            code = (int) varint();
        } else if (tag == FrameFields.VALUE) {
            value = varint();
        } else if (tag == FrameFields.PAYLOAD) {
            payload();
        } else {
            skip(tag);
        }
    }

    private void payload() throws IOException {
        int length = length();
        if (length > Frame.MAX_PAYLOAD_BYTES) {
            throw tooLong("a payload of " + length + " bytes, the bound is " + Frame.MAX_PAYLOAD_BYTES);
        }
        pool.give(payload.array());
        byte[] array = pool.take(length);
        payload = new Slice(array, 0, length);
        int at = 0;
        while (at < length) {
            int read = in.read(array, at, length - at);
            if (read < 0) {
                throw new EOFException();
            }
            at += read;
        }
        leftBytes -= length;
    }

    private void skip(long tag) throws IOException {
        long number = tag >>> 3;
        if (number == 0 || number >= 1 << 29) {
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "field number " + number);
        }
        int type = (int) (tag & 7);
        if (type == FrameFields.VARINT) {
            varint();
        } else if (type == FrameFields.FIXED64) {
            skipBytes(8);
        } else if (type == FrameFields.BYTES) {
            skipBytes(length());
        } else if (type == FrameFields.FIXED32) {
            skipBytes(4);
        } else {
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "wire type " + type);
        }
    }

    private void skipBytes(int count) throws IOException {
        if (count > leftBytes) {
            throw new EOFException();
        }
        in.skipNBytes(count);
        leftBytes -= count;
    }

    /** A length prefix, checked against what is left. */
    private int length() throws IOException {
        long length = varint();
        if (length < 0 || length > leftBytes) {
            throw new EOFException();
        }
        return (int) length;
    }

    private long varint() throws IOException {
        long result = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = leftBytes > 0 ? in.read() : -1;
            if (next < 0) {
                throw new EOFException();
            }
            leftBytes--;
            result |= (long) (next & 0x7f) << (7 * i);
            if (next < 0x80) {
                return result;
            }
        }
        throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "a number of more than 10 bytes");
    }

    private static ProtocolException tooLong(String detail) {
        return new ProtocolException(ProtocolCode.FRAME_TOO_LONG, detail);
    }
}
