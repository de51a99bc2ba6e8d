package io.culvert.dedupe.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where an input may be cut: a condition on the 64 bytes before a position, in two stages.
 *
 * <p>The first stage hashes the last 16 bytes with two multiplications of 32 bits; one position in {@value #SPARSITY} is a
 * candidate. It needs nothing from the positions before, so the vector unit computes one in each lane. The second stage
 * hashes the 64 bytes well and compares the hash with a threshold; only candidates pay for it. Both depend on content
 * alone, so equal content is cut alike wherever it stands, once it is a chunk's length away from a difference.
 *
 * <p>Cut positions are normalised as in FastCDC: up to {@code 13/16} of the average a position must pass the strict
 * threshold (one in {@code 4 * average}), from there on the loose one (one in {@code average / 4}). That keeps lengths near
 * the average, and with these figures their mean on random bytes is the average.
 *
 * <p>The two stages keep the duplicates that FastCDC finds (measured: bytes left over within 1.5 % of it), while purely
 * vectorised conditions such as the maximum of a window (VectorCDC, 2025) or runs of increasing bytes (SeqCDC, 2024) lose up
 * to half on real trees. See Xia et al., "FastCDC: a fast and efficient content-defined chunking approach" (USENIX ATC 2016)
 * and "The design of fast content-defined chunking" (IEEE TPDS 2020); for the spirit of the first stage, Udayashankar et al.,
 * "VectorCDC" (FAST 2025).
 *
 * <p>A change of any constant here changes the cuts of every dataset: the golden positions in the tests must not move.
 */
final class CutRule {

    static final int WINDOW_BYTES = 64;

    /** One position in this many is a candidate. */
    static final int SPARSITY = 1024;

    /**
     * A candidate's first hash, unsigned, is above this. The upper end, so that zeros (whose hash is 0) are none; nor is a
     * run of any other byte: sparse images and padding are scanned at full speed.
     */
    static final int CANDIDATES_ABOVE = -1 - (int) ((1L << 32) / SPARSITY);

    static final int RECENT_ROTATION = 13;
    static final int RECENT_FACTOR = 0x9E3779B1;
    static final int OLDER_ROTATION = 17;
    static final int OLDER_FACTOR = 0x85EBCA6B;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long EVEN_KEY = 0x9E3779B97F4A7C15L;
    private static final long ODD_KEY = 0xC2B2AE3D27D4EB4FL;
    private static final long FINAL_FACTOR = 0x9FB21C651E98DF25L;

    private CutRule() {}

    /** Threshold of the second stage so that, with the first, one position in {@code bytes} is a cut. */
    static long threshold(int bytes) {
        return Long.divideUnsigned(-1L, bytes) * Math.min(SPARSITY, bytes);
    }

    /** The first stage at {@code end}: looks at the 16 bytes before it. */
    static boolean isCandidate(byte[] data, int end) {
        int recent = (int) INT.get(data, end - 4) + Integer.rotateLeft((int) INT.get(data, end - 8), RECENT_ROTATION);
        int older = (int) INT.get(data, end - 12) + Integer.rotateLeft((int) INT.get(data, end - 16), OLDER_ROTATION);
        return Integer.compareUnsigned(recent * RECENT_FACTOR ^ older * OLDER_FACTOR, CANDIDATES_ABOVE) > 0;
    }

    /** The second stage at a candidate: looks at the 64 bytes before {@code end}. */
    static boolean isCut(byte[] data, int end, long threshold) {
        return Long.compareUnsigned(windowHash(data, end), threshold) < 0;
    }

    /** Folded 128-bit products, sixteen bytes at a time, as wyhash does (Wang Yi, 2019). */
    private static long windowHash(byte[] data, int end) {
        long hash = 0;
        for (int at = end - WINDOW_BYTES; at < end; at += 2 * Long.BYTES) {
            long even = (long) LONG.get(data, at) ^ EVEN_KEY ^ hash;
            long odd = (long) LONG.get(data, at + Long.BYTES) ^ ODD_KEY;
            hash = Math.unsignedMultiplyHigh(even, odd) ^ even * odd;
        }
        return hash * FINAL_FACTOR;
    }
}
