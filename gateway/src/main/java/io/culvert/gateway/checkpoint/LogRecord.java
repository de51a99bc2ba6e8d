package io.culvert.gateway.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record of the embedded store's log. Big endian.
 *
 * <pre>
 *    0   4  magic "CVLR"
 *    4   4  length of the body in bytes, at most 1 MiB
 *    8   8  revision
 *   16   1  kind
 *   17   n  body
 * 17+n   4  CRC-32C of the bytes from 4 to 17+n
 * </pre>
 *
 * A body's texts hold no zero byte (modified UTF-8), and a length that is in bounds starts with one, so no text can pass for a
 * record.
 */
final class LogRecord {
    static final int MAX_BODY_BYTES = 1 << 20;

    private static final int MAGIC = 0x43564c52;
    private static final int HEADER_BYTES = 17;
    private static final int CRC_BYTES = 4;

    /** What a record says. */
    enum Kind {
        /** The store was opened, or its log rewritten: body is the epoch, 8 bytes. No former ownership goes on after an open. */
        OPENED(0),
        /** A job was claimed: body is its id. */
        CLAIMED(1),
        /** Checkpoints were written, all or none: body is a {@link WrittenBody}. */
        WRITTEN(2),
        /** A job's checkpoint was deleted: body is its id. */
        DELETED(3),
        /** A job ended: body is an {@linkplain EndedCodec ended job}. Of these, the last few count. */
        ENDED(4),
        /** No gateway may work with the store until the next OPENED: body is a {@link StoreMark}. */
        MARKED(5);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    private final long revision;
    private final Kind kind;
    private final byte[] body;

    LogRecord(long revision, Kind kind, byte[] body) {
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("body must be <= " + MAX_BODY_BYTES + " bytes, was " + body.length);
        }
        this.revision = revision;
        this.kind = kind;
        this.body = body;
    }

    long revision() {
        return revision;
    }

    Kind kind() {
        return kind;
    }

    ByteBuffer body() {
        return ByteBuffer.wrap(body).asReadOnlyBuffer();
    }

    int lengthBytes() {
        return HEADER_BYTES + body.length + CRC_BYTES;
    }

    ByteBuffer encode() {
        ByteBuffer record = ByteBuffer.allocate(lengthBytes())
                .putInt(MAGIC)
                .putInt(body.length)
                .putLong(revision)
                .put((byte) kind.code)
                .put(body);
        return record.putInt(crc(record.array(), 4, HEADER_BYTES + body.length)).flip();
    }

    /** Returns the record that starts at the offset, or null if no whole and valid one does. */
    static @Nullable LogRecord parse(byte[] log, int offsetBytes) {
        if (log.length - offsetBytes < HEADER_BYTES + CRC_BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(log).position(offsetBytes);
        if (in.getInt() != MAGIC) {
            return null;
        }
        int bodyBytes = in.getInt();
        if (bodyBytes < 0
                || bodyBytes > MAX_BODY_BYTES
                || bodyBytes > in.remaining() - (HEADER_BYTES - 8) - CRC_BYTES) {
            return null;
        }
        int bodyEnd = offsetBytes + HEADER_BYTES + bodyBytes;
        if (in.getInt(bodyEnd) != crc(log, offsetBytes + 4, bodyEnd)) {
            return null;
        }
        long revision = in.getLong();
        Kind kind = Kind.of(in.get());
        return kind == null
                ? null
                : new LogRecord(revision, kind, Arrays.copyOfRange(log, offsetBytes + HEADER_BYTES, bodyEnd));
    }

    private static int crc(byte[] bytes, int from, int to) {
        var crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
