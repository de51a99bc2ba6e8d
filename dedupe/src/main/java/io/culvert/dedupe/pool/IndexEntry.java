package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.Fingerprint;
import java.nio.ByteBuffer;

/**
 * A fingerprint and its place, 48 bytes in a run. Big-endian:
 *
 * <pre>
 *    0 32  fingerprint
 *   32  4  container
 *   36  4  offset of the segment record
 *   40  4  length of the chunk
 *   44  2  ordinal of the chunk in its segment
 *   46  2  zero
 * </pre>
 */
record IndexEntry(Fingerprint fingerprint, Place place) {

    static final int BYTES = 48;

    void encode(ByteBuffer to) {
        to.putLong(fingerprint.w0())
                .putLong(fingerprint.w1())
                .putLong(fingerprint.w2())
                .putLong(fingerprint.w3())
                .putInt(place.container())
                .putInt(place.offsetBytes())
                .putInt(place.lengthBytes())
                .putInt(place.ordinal() << 16);
    }

    static IndexEntry decode(ByteBuffer from, int at) {
        Fingerprint fingerprint =
                new Fingerprint(from.getLong(at), from.getLong(at + 8), from.getLong(at + 16), from.getLong(at + 24));
        return new IndexEntry(fingerprint, decodePlace(from, at));
    }

    static Place decodePlace(ByteBuffer from, int at) {
        return new Place(from.getInt(at + 32), from.getInt(at + 36), from.getInt(at + 44) >>> 16, from.getInt(at + 40));
    }

    /** Compares the fingerprint stored at {@code at} with a given one, unsigned. */
    static int compare(ByteBuffer from, int at, Fingerprint other) {
        int order = Long.compareUnsigned(from.getLong(at), other.w0());
        if (order == 0) {
            order = Long.compareUnsigned(from.getLong(at + 8), other.w1());
        }
        if (order == 0) {
            order = Long.compareUnsigned(from.getLong(at + 16), other.w2());
        }
        return order != 0 ? order : Long.compareUnsigned(from.getLong(at + 24), other.w3());
    }
}
