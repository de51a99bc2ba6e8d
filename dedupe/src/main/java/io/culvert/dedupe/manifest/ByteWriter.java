package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing buffer with the few encodings of a manifest: varints (LEB128), zigzag, counted bytes. */
final class ByteWriter {

    private byte[] bytes = new byte[96 * 1024];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** What was written so far; valid until the next write. */
    Slice written() {
        return new Slice(bytes, 0, size);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    void raw(byte[] from, int offset, int length) {
        ensure(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    void octet(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void counted(Slice slice) {
        varint(slice.length());
        raw(slice.array(), slice.offset(), slice.length());
    }

    void text(String value) {
        counted(Slice.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    void fingerprint(Fingerprint value) {
        ensure(Fingerprint.LENGTH_BYTES);
        value.write(bytes, size);
        size += Fingerprint.LENGTH_BYTES;
    }
}
