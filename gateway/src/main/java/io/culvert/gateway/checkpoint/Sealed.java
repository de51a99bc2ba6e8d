package io.culvert.gateway.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * The frame around each stored value. It says what the value is and proves that nobody changed a bit of it. Big endian.
 *
 * <pre>
 *   0   4  magic "CVCP"
 *   4   1  version, 1
 *   5   1  kind: 1 checkpoint, 2 owner, 3 site, 4 ended job, 5 gateway
 *   6   2  length of the body in bytes
 *   8   n  body
 * 8+n   4  CRC-32C of all bytes before it
 * </pre>
 */
enum Sealed {
    CHECKPOINT(1, "checkpoint"),
    OWNER(2, "owner record"),
    SITE(3, "site record"),
    ENDED(4, "end"),
    GATEWAY(5, "record");

    private static final int MAGIC = 0x43564350;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8;
    private static final int CRC_BYTES = 4;
    private static final int MAX_BODY_BYTES = 0xffff;

    private final int kind;
    private final String noun;

    Sealed(int kind, String noun) {
        this.kind = kind;
        this.noun = noun;
    }

    /** Writes the fields of a body. */
    @FunctionalInterface
    interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads the fields of a body. */
    @FunctionalInterface
    interface Fields<T> {
        T read(DataInputStream in) throws IOException;
    }

    byte[] seal(Body body) {
        var bytes = new ByteArrayOutputStream();
        try {
            body.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("a write to memory cannot fail", e);
        }
        if (bytes.size() > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("body must be <= " + MAX_BODY_BYTES + " bytes, was " + bytes.size());
        }
        ByteBuffer sealed = ByteBuffer.allocate(HEADER_BYTES + bytes.size() + CRC_BYTES)
                .putInt(MAGIC)
                .put((byte) VERSION)
                .put((byte) kind)
                .putShort((short) bytes.size())
                .put(bytes.toByteArray());
        return sealed.putInt(crc(sealed.array(), sealed.position())).array();
    }

    /**
     * Reads a sealed value.
     *
     * @param name whose value it is, for the message
     * @throws CorruptCheckpointException if it is not whole, not of this kind or not of a version that is known here
     */
    <T> T open(String name, byte[] sealed, Fields<T> fields) throws CorruptCheckpointException {
        if (sealed.length < HEADER_BYTES + CRC_BYTES) {
            throw corrupt(name, "it has only " + sealed.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(sealed);
        if (in.getInt() != MAGIC) {
            throw corrupt(name, "it was not written by Culvert");
        }
        int version = in.get();
        int foundKind = in.get();
        int lengthBytes = Short.toUnsignedInt(in.getShort());
        int bodyEnd = sealed.length - CRC_BYTES;
        if (in.getInt(bodyEnd) != crc(sealed, bodyEnd)) {
            throw corrupt(name, "its checksum does not match");
        }
        if (version != VERSION) {
            throw corrupt(name, "its format version is " + version + ", known here is " + VERSION);
        }
        if (foundKind != kind || lengthBytes != bodyEnd - HEADER_BYTES) {
            throw corrupt(name, "it holds something else (kind " + foundKind + ", " + lengthBytes + " bytes)");
        }
        return readBody(name, new ByteArrayInputStream(sealed, HEADER_BYTES, lengthBytes), fields);
    }

    private <T> T readBody(String name, ByteArrayInputStream body, Fields<T> fields) throws CorruptCheckpointException {
        try {
            T value = fields.read(new DataInputStream(body));
            if (body.available() > 0) {
                throw corrupt(name, body.available() + " bytes are left over");
            }
            return value;
        } catch (CorruptCheckpointException e) {
            throw e;
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw corrupt(name, "a field is out of its range (" + e + ")");
        }
    }

    private CorruptCheckpointException corrupt(String name, String reason) {
        return new CorruptCheckpointException("the " + noun + " of " + name, reason);
    }

    static void writeInstant(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant readInstant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static int crc(byte[] bytes, int lengthBytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, lengthBytes);
        return (int) crc.getValue();
    }
}
