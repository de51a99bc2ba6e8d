package io.culvert.dedupe.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The 32-byte BLAKE3 hash that names a chunk, held as four big-endian words so that it is a cheap map key.
 *
 * <p>Order is that of the bytes, unsigned. Fingerprints are uniformly distributed; the pool's index relies on it.
 */
public record Fingerprint(long w0, long w1, long w2, long w3) implements Comparable<Fingerprint> {

    public static final int LENGTH_BYTES = 32;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Reads 32 bytes at {@code offset}. */
    public static Fingerprint read(byte[] from, int offset) {
        return new Fingerprint(
                (long) WORD.get(from, offset),
                (long) WORD.get(from, offset + 8),
                (long) WORD.get(from, offset + 16),
                (long) WORD.get(from, offset + 24));
    }

    /** Writes 32 bytes at {@code offset}. */
    public void write(byte[] to, int offset) {
        WORD.set(to, offset, w0);
        WORD.set(to, offset + 8, w1);
        WORD.set(to, offset + 16, w2);
        WORD.set(to, offset + 24, w3);
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[LENGTH_BYTES];
        write(bytes, 0);
        return bytes;
    }

    /**
     * Parses what {@link #hex()} writes.
     *
     * @throws IllegalArgumentException unless it is 64 hexadecimal digits
     */
    public static Fingerprint ofHex(String hex) {
        if (hex.length() != 2 * LENGTH_BYTES) {
            throw new IllegalArgumentException("a fingerprint is 64 hexadecimal digits, was " + hex.length());
        }
        return read(HexFormat.of().parseHex(hex), 0);
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    @Override
    public int compareTo(Fingerprint other) {
        int order = Long.compareUnsigned(w0, other.w0);
        if (order == 0) {
            order = Long.compareUnsigned(w1, other.w1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(w2, other.w2);
        }
        return order != 0 ? order : Long.compareUnsigned(w3, other.w3);
    }

    @Override
    public int hashCode() {
        return (int) w0;
    }

    @Override
    public String toString() {
        return hex();
    }
}
