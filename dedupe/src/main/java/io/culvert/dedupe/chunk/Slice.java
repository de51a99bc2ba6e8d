package io.culvert.dedupe.chunk;

import java.util.Arrays;
import java.util.Objects;

/**
 * A range of bytes in an array, not copied.
 *
 * <p>Whoever hands a slice out says how long it stays valid; who keeps it longer takes {@link #toArray()}. Equality is
 * that of the bytes.
 */
public record Slice(byte[] array, int offset, int length) {

    private static final Slice EMPTY = new Slice(new byte[0], 0, 0);

    public Slice {
        Objects.checkFromIndexSize(offset, length, array.length);
    }

    public static Slice of(byte[] array) {
        return new Slice(array, 0, array.length);
    }

    public static Slice empty() {
        return EMPTY;
    }

    /** The bytes {@code from} (inclusive) to {@code from + count}, relative to this slice. */
    public Slice slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return new Slice(array, offset + from, count);
    }

    public byte get(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** A copy of the bytes. */
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Slice[" + length + " bytes]";
    }
}
