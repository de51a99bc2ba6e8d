package io.culvert.gateway.relay.dedup;

import java.util.Arrays;

/** An array that grows as it is written; used again and again. */
final class GrowingBytes {

    private byte[] bytes;
    private int length;

    GrowingBytes(int firstBytes) {
        bytes = new byte[firstBytes];
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    void put(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    void put(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Unsigned LEB128. */
    void varint(long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            put(((int) left & 0x7F) | 0x80);
            left >>>= 7;
        }
        put((int) left);
    }

    /** Zigzag, so that small numbers of either sign are short. */
    void signedVarint(long value) {
        varint(value << 1 ^ value >> 63);
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
