package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;

/**
 * Decides for one flow whether to try to compress the literals of a message: not if they are few or look random, and after tries
 * that saved little only every second, fourth, up to 64th message. For one thread.
 */
final class CompressionRule {

    private static final int LEAST_BYTES = 256;
    private static final double MOST_BITS = 7.6;
    private static final int LEAST_SAVING = 16;
    private static final int MAX_PAUSE = 64;

    private int pause = 1;
    private int skip;

    boolean worthTrying(Slice literals) {
        if (literals.length() < LEAST_BYTES) {
            return false;
        }
        if (skip > 0) {
            skip--;
            return false;
        }
        return EntropyMeter.ofSample(literals) < MOST_BITS;
    }

    /** What came of a try; true if it is to be used. */
    boolean tried(int plainBytes, int compressedBytes) {
        if (compressedBytes < plainBytes - plainBytes / LEAST_SAVING) {
            pause = 1;
            return true;
        }
        skip = pause;
        pause = Math.min(MAX_PAUSE, 2 * pause);
        return compressedBytes < plainBytes;
    }
}
