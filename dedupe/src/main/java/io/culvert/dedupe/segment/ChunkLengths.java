package io.culvert.dedupe.segment;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The lengths of the chunks in a segment, in order; immutable.
 *
 * <p>The encoding is a count and that many lengths, each an unsigned LEB128 number of at most three bytes in its shortest
 * form:
 *
 * <pre>
 *   count    1..3 bytes   1 .. {@link Segment#MAX_CHUNKS}
 *   length   1..3 bytes   1 .. {@link ChunkRef#MAX_LENGTH_BYTES}, count times; sum at most {@link Segment#MAX_RAW_BYTES}
 *
 *   e.g. 5 and 16384:  02 05 80 80 01
 * </pre>
 */
public final class ChunkLengths {

    private static final int MAX_NUMBER_BYTES = 3;

    private final int[] lengths;
    private final int totalBytes;

    private ChunkLengths(int[] lengths, int totalBytes) {
        this.lengths = lengths;
        this.totalBytes = totalBytes;
    }

    /**
     * These lengths.
     *
     * @throws IllegalArgumentException if they break a bound of {@link Segment}
     */
    public static ChunkLengths of(int... lengths) {
        requireArgument(lengths.length >= 1 && lengths.length <= Segment.MAX_CHUNKS, "count", lengths.length);
        int total = 0;
        for (int length : lengths) {
            requireArgument(length >= 1 && length <= ChunkRef.MAX_LENGTH_BYTES, "lengthBytes", length);
            total += length;
            requireArgument(total <= Segment.MAX_RAW_BYTES, "totalBytes", total);
        }
        return new ChunkLengths(lengths.clone(), total);
    }

    public int count() {
        return lengths.length;
    }

    public int get(int index) {
        return lengths[index];
    }

    /** Their sum: bytes of the segment before compression. */
    public int totalBytes() {
        return totalBytes;
    }

    /** Bytes that {@link #encode} writes. */
    public int encodedBytes() {
        int bytes = numberBytes(lengths.length);
        for (int length : lengths) {
            bytes += numberBytes(length);
        }
        return bytes;
    }

    /** Writes the encoding at the buffer's position. */
    public void encode(ByteBuffer to) {
        putNumber(to, lengths.length);
        for (int length : lengths) {
            putNumber(to, length);
        }
    }

    /**
     * Reads an encoding at the buffer's position, which is then behind it. Every bound is checked before memory is taken.
     *
     * @throws CorruptChunkException if it is cut short, not in shortest form, or breaks a bound
     */
    public static ChunkLengths decode(ByteBuffer from) throws CorruptChunkException {
        int count = number(from, "number of chunks", Segment.MAX_CHUNKS);
        if (count > from.remaining()) {
            throw new CorruptChunkException("a segment names " + count + " chunks, and " + from.remaining()
                    + " bytes are left for their lengths");
        }
        int[] lengths = new int[count];
        int total = 0;
        for (int i = 0; i < count; i++) {
            lengths[i] = number(from, "length of a chunk", ChunkRef.MAX_LENGTH_BYTES);
            total += lengths[i];
            if (total > Segment.MAX_RAW_BYTES) {
                throw new CorruptChunkException("the chunks of a segment are longer than the " + Segment.MAX_RAW_BYTES
                        + " bytes that it may hold");
            }
        }
        return new ChunkLengths(lengths, total);
    }

    private static int number(ByteBuffer from, String what, int most) throws CorruptChunkException {
        int value = 0;
        for (int i = 0; i < MAX_NUMBER_BYTES; i++) {
            if (!from.hasRemaining()) {
                throw new CorruptChunkException("the " + what + " in a segment is cut short");
            }
            byte next = from.get();
            value |= (next & 0x7F) << 7 * i;
            if (next >= 0) {
                boolean shortest = next != 0 || i == 0;
                if (!shortest || value < 1 || value > most) {
                    throw new CorruptChunkException("the " + what + " in a segment must be within 1.." + most
                            + " in shortest form, was " + value);
                }
                return value;
            }
        }
        throw new CorruptChunkException("the " + what + " in a segment takes more than " + MAX_NUMBER_BYTES + " bytes");
    }

    private static void putNumber(ByteBuffer to, int value) {
        int rest = value;
        while (rest > 0x7F) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    private static int numberBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 3;
    }

    private static void requireArgument(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " breaks a bound of a segment, was " + value);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkLengths that && Arrays.equals(lengths, that.lengths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lengths);
    }

    @Override
    public String toString() {
        return "ChunkLengths[" + lengths.length + " chunks, " + totalBytes + " bytes]";
    }
}
