package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link ByteWriter} writes; every length is checked against what is there before it is used. */
final class ByteReader {

    private final byte[] bytes;
    private final int end;
    private int position;

    ByteReader(Slice slice) {
        this.bytes = slice.array();
        this.position = slice.offset();
        this.end = slice.offset() + slice.length();
    }

    boolean atEnd() {
        return position == end;
    }

    int octet() throws CorruptChunkException {
        need(1);
        return bytes[position++] & 0xff;
    }

    long varint() throws CorruptChunkException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = octet();
            if (shift == 63 && b > 1) {
                break;
            }
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new CorruptChunkException("a manifest number is longer than 64 bits");
    }

    long zigzag() throws CorruptChunkException {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A number within {@code 0..most}. */
    int bounded(String what, int most) throws CorruptChunkException {
        long value = varint();
        if (value < 0 || value > most) {
            throw new CorruptChunkException(
                    what + " in a manifest is " + Long.toUnsignedString(value) + ", at most " + most + " is allowed");
        }
        return (int) value;
    }

    /** A number of 63 bits. */
    long natural(String what) throws CorruptChunkException {
        long value = varint();
        if (value < 0) {
            throw new CorruptChunkException(what + " in a manifest is " + Long.toUnsignedString(value));
        }
        return value;
    }

    /** A copy of a counted run of bytes. */
    byte[] counted(String what, int mostBytes) throws CorruptChunkException {
        return exactly(bounded(what, mostBytes));
    }

    byte[] exactly(int length) throws CorruptChunkException {
        need(length);
        byte[] copy = new byte[length];
        System.arraycopy(bytes, position, copy, 0, length);
        position += length;
        return copy;
    }

    String text(String what, int mostBytes) throws CorruptChunkException {
        byte[] utf8 = counted(what, mostBytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CorruptChunkException(what + " in a manifest is not UTF-8", e);
        }
    }

    Fingerprint fingerprint() throws CorruptChunkException {
        need(Fingerprint.LENGTH_BYTES);
        Fingerprint value = Fingerprint.read(bytes, position);
        position += Fingerprint.LENGTH_BYTES;
        return value;
    }

    private void need(int count) throws CorruptChunkException {
        if (end - position < count) {
            throw new CorruptChunkException(
                    "a manifest node ends early: " + count + " bytes wanted, " + (end - position) + " left");
        }
    }
}
