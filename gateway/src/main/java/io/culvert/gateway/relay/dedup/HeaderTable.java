package io.culvert.gateway.relay.dedup;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The headers that both ends of a channel remember, so that the next of the same length is sent as what is different. Memory: at
 * most {@value #SLOTS} headers of {@value #MAX_HEADER_BYTES} bytes.
 */
final class HeaderTable {

    static final int MAX_HEADER_BYTES = 1024;
    static final int WORD_BYTES = 4;

    private static final int SLOTS = 16;

    private byte[] @Nullable [] slots = new byte[SLOTS] @Nullable [];

    /** The last header of this length, or null; not to be changed. */
    byte @Nullable [] last(int lengthBytes) {
        byte[] last = slots[slot(lengthBytes)];
        return last != null && last.length == lengthBytes ? last : null;
    }

    /** Remembers a header, unless it is too long. */
    void remember(byte[] from, int offset, int lengthBytes) {
        if (lengthBytes <= MAX_HEADER_BYTES) {
            slots[slot(lengthBytes)] = Arrays.copyOfRange(from, offset, offset + lengthBytes);
        }
    }

    /** What is remembered now, for {@link #restore}. */
    @Nullable
    byte[][] saved() {
        return slots.clone();
    }

    void restore(byte[] @Nullable [] saved) {
        slots = saved;
    }

    private static int slot(int lengthBytes) {
        return lengthBytes / WORD_BYTES % SLOTS;
    }

    /** Bytes of the bitmap of a header's words. */
    static int bitmapBytes(int lengthBytes) {
        return Math.ceilDiv(Math.ceilDiv(lengthBytes, WORD_BYTES), Byte.SIZE);
    }
}
