package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.Fingerprint;
import java.nio.ByteBuffer;

/**
 * A blocked Bloom filter: "certainly absent" without reading the disk, wrong for about 1.5 % of what is absent.
 *
 * <p>Ten bits per key in blocks of one cache line (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
 * Filters, 2007; used as the summary vector of Zhu, Li, Patterson: Avoiding the Disk Bottleneck, FAST 2008). The block is
 * chosen by the leading bits of the fingerprint, so a run that is written in order fills one block after the other and
 * needs only one in memory; the six bits within it by the second word. Fingerprints are uniform: no further hash.
 */
final class SummaryFilter {

    static final int BLOCK_WORDS = 8;
    static final int BLOCK_BYTES = BLOCK_WORDS * Long.BYTES;
    private static final int BITS_PER_KEY = 10;
    private static final int PROBES = 6;
    private final long[] words;

    /** An empty filter, to be filled by {@link #append}. */
    SummaryFilter(int blocks) {
        this.words = new long[Math.multiplyExact(blocks, BLOCK_WORDS)];
    }

    static int blocksFor(long keys) {
        return Math.toIntExact(Math.max(1, Math.ceilDiv(keys * BITS_PER_KEY, BLOCK_BYTES * 8L)));
    }

    /** Takes over a piece of the blocks that {@link RunWriter} wrote. */
    void append(long atBytes, ByteBuffer from) {
        from.asLongBuffer().get(words, (int) (atBytes / Long.BYTES), from.remaining() / Long.BYTES);
    }

    long memoryBytes() {
        return (long) words.length * Long.BYTES;
    }

    boolean mayContain(Fingerprint fingerprint) {
        int block = block(fingerprint, words.length / BLOCK_WORDS) * BLOCK_WORDS;
        long probes = fingerprint.w1();
        for (int i = 0; i < PROBES; i++) {
            if ((words[block + ((int) probes & 7)] & (1L << (probes >>> 3))) == 0) {
                return false;
            }
            probes >>>= 9;
        }
        return true;
    }

    static int block(Fingerprint fingerprint, int blocks) {
        return (int) Math.unsignedMultiplyHigh(fingerprint.w0(), blocks);
    }

    /** Sets the bits of a key in its block. */
    static void add(long[] block, Fingerprint fingerprint) {
        long probes = fingerprint.w1();
        for (int i = 0; i < PROBES; i++) {
            block[(int) probes & 7] |= 1L << (probes >>> 3);
            probes >>>= 9;
        }
    }
}
