package io.culvert.dedupe.chunk;

import java.util.List;
import java.util.Objects;

/**
 * Computes fingerprints; an instance belongs to one thread at a time.
 *
 * <p>Hashing a list is the better way whenever several chunks are at hand: their blocks share the lanes of the vector
 * unit, so that a file of one kilobyte costs a fraction of what it costs alone, and long chunks leave no lane idle.
 */
public interface Fingerprinter {

    /** The fingerprint of {@code length} bytes at {@code offset}. */
    Fingerprint of(byte[] data, int offset, int length);

    /**
     * Writes the fingerprint of {@code inputs.get(i)} to {@code out[i]}.
     *
     * @param inputs a list with fast random access
     * @param out at least as long as the list
     */
    default void of(List<Slice> inputs, Fingerprint[] out) {
        Objects.checkFromToIndex(0, inputs.size(), out.length);
        for (int i = 0; i < inputs.size(); i++) {
            Slice input = inputs.get(i);
            out[i] = of(input.array(), input.offset(), input.length());
        }
    }

    /**
     * A new instance of the fastest kind that this JVM can run: SIMD if it has the incubator's vector module. The first one
     * starts a warm-up in the background, so a server asks for one when it starts.
     */
    static Fingerprinter fastest() {
        if (VectorUnit.isUsable()) {
            VectorUnit.isWarm();
            return new WarmingFingerprinter();
        }
        return new Blake3(new ScalarCompressor());
    }
}
