package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.util.Arrays;

/**
 * The order-0 entropy of a flow, in bits per byte, from samples: it tells encrypted and compressed bytes from others, and nothing
 * about repeats. Collects {@value #WINDOW_BYTES} bytes in pieces before it says anything, because fewer random bytes look less
 * random than they are (their estimate lacks some {@code 184 / count} bits). Costs some 4 microseconds for 64 KiB of flow.
 */
final class EntropyMeter {

    static final int WINDOW_BYTES = 4096;

    private static final int PIECE_BYTES = 256;

    /** One byte of so many is sampled. */
    private static final int SPARSITY = 16;

    private final int[] counts = new int[256];
    private int counted;
    private double windowBits;
    private int windows;

    /** Samples bytes of the flow. */
    void add(byte[] data, int from, int lengthBytes) {
        int step = PIECE_BYTES * SPARSITY;
        for (int at = 0; at < lengthBytes; at += step) {
            count(data, from + at, Math.min(PIECE_BYTES, lengthBytes - at));
        }
    }

    private void count(byte[] data, int from, int lengthBytes) {
        for (int i = from; i < from + lengthBytes; i++) {
            counts[data[i] & 0xFF]++;
        }
        counted += lengthBytes;
        if (counted >= WINDOW_BYTES) {
            windowBits += bits(counts, counted);
            windows++;
            Arrays.fill(counts, 0);
            counted = 0;
        }
    }

    /** The mean of the samples since the last {@link #reset}; 0 if there are none. */
    double bitsPerByte() {
        return windows == 0 ? 0 : windowBits / windows;
    }

    void reset() {
        windowBits = 0;
        windows = 0;
    }

    /** That of up to {@value #WINDOW_BYTES} bytes in pieces from all over some bytes, corrected for their number. */
    static double ofSample(Slice bytes) {
        int[] counts = new int[256];
        int pieces = Math.min(WINDOW_BYTES / PIECE_BYTES, Math.ceilDiv(bytes.length(), PIECE_BYTES));
        int counted = 0;
        for (int piece = 0; piece < pieces; piece++) {
            int from = (int) ((long) bytes.length() * piece / pieces);
            int to = Math.min(from + PIECE_BYTES, bytes.length());
            for (int i = from; i < to; i++) {
                counts[bytes.array()[bytes.offset() + i] & 0xFF]++;
            }
            counted += to - from;
        }
        double missing = 255 / (2 * Math.log(2) * counted);
        return counted == 0 ? 0 : Math.min(8, bits(counts, counted) + missing);
    }

    private static double bits(int[] counts, int total) {
        double sum = 0;
        for (int count : counts) {
            if (count > 0) {
                sum += count * Math.log((double) total / count);
            }
        }
        return sum / total / Math.log(2);
    }
}
