package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The extended header of one entry of a pax archive (POSIX.1-2001, pax, "pax Extended Header").
 *
 * <p>Each record is its own length in decimal, that number included, then the keyword and the raw value:
 *
 * <pre>
 *   "28 mtime=1699999999.123456789\n"
 *    ^^ bytes from here up to and with the newline
 * </pre>
 *
 * A name that is not UTF-8 goes in as it is, and {@code hdrcharset=BINARY} says so. Extended attributes use the
 * keyword of star and GNU tar, {@code SCHILY.xattr.}, in which {@code =} and {@code %} are written as {@code %3D} and
 * {@code %25}.
 */
final class PaxRecords {

    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private boolean binary;

    boolean isEmpty() {
        return records.size() == 0;
    }

    void addName(String keyword, byte[] value) {
        binary |= !isUtf8(value);
        add(keyword, value);
    }

    /** Adds a time if a header's whole seconds since 1970 cannot hold it. */
    void addTime(String keyword, Timestamp time) {
        if (time.nanos() != 0 || time.seconds() < 0) {
            String text = BigDecimal.valueOf(time.seconds())
                    .add(BigDecimal.valueOf(time.nanos(), 9))
                    .toPlainString();
            add(keyword, text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    void addXattr(Xattr xattr) {
        String keyword = "SCHILY.xattr." + xattr.name().replace("%", "%25").replace("=", "%3D");
        add(keyword, xattr.value().toArray());
    }

    private void add(String keyword, byte[] value) {
        records.writeBytes(record(keyword, value));
    }

    private static byte[] record(String keyword, byte[] value) {
        byte[] key = keyword.getBytes(StandardCharsets.UTF_8);
        int rest = key.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer record = ByteBuffer.allocate(length);
        record.put(digits).put((byte) ' ').put(key).put((byte) '=').put(value).put((byte) '\n');
        return record.array();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException notUtf8) {
            return false;
        }
    }

    byte[] toBytes() {
        if (!binary) {
            return records.toByteArray();
        }
        byte[] first = record("hdrcharset", "BINARY".getBytes(StandardCharsets.US_ASCII));
        return ByteBuffer.allocate(first.length + records.size())
                .put(first)
                .put(records.toByteArray())
                .array();
    }
}
