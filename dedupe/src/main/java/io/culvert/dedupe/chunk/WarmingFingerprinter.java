package io.culvert.dedupe.chunk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scalar at first, SIMD as soon as that is fast. */
final class WarmingFingerprinter implements Fingerprinter {

    private final Blake3 scalar = new Blake3(new ScalarCompressor());
    private @Nullable Blake3 vector;

    @Override
    public Fingerprint of(byte[] data, int offset, int length) {
        return current().of(data, offset, length);
    }

    @Override
    public void of(List<Slice> inputs, Fingerprint[] out) {
        current().of(inputs, out);
    }

    private Blake3 current() {
        Blake3 fast = vector;
        if (fast == null && VectorUnit.isWarm()) {
            fast = new Blake3(new VectorCompressor());
            vector = fast;
        }
        return fast != null ? fast : scalar;
    }
}
