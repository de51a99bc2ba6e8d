package io.culvert.dedupe.chunk;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** Calls the vector code until the JIT has compiled it, which shows in its speed. */
final class VectorWarmUp {

    private static final int INPUT_BYTES = 64 * 1024;

    /** Lists of this many bytes are hashed too: their leaves end early, in other branches. */
    private static final int SHORT_BYTES = 1500;

    /** Compiled code takes a tenth of this for the input, interpreted code ten thousand times as long. */
    private static final long FAST_NANOS = 400_000;

    /** Fast rounds in all before it is called warm: what is compiled first is compiled again with what it learnt. */
    private static final int FAST_ROUNDS = 200;

    private static final int MAX_ROUNDS = 20_000;
    private static final long MAX_NANOS = 60_000_000_000L;

    private final LongSupplier nanos;
    private final byte[] data = new byte[INPUT_BYTES];
    private final Blake3 blake3 = new Blake3(new VectorCompressor());
    private final VectorChunker chunker = new VectorChunker(ChunkSizes.TREE);
    private final List<Slice> shorts = new ArrayList<>();
    private final Fingerprint[] out = new Fingerprint[INPUT_BYTES / SHORT_BYTES];

    VectorWarmUp(LongSupplier nanos) {
        this.nanos = nanos;
        new Random(1).nextBytes(data);
        for (int i = 0; i < out.length; i++) {
            shorts.add(new Slice(data, i * SHORT_BYTES, SHORT_BYTES - i));
        }
    }

    /** Runs until it is fast; false if it never was. */
    boolean run() {
        long end = nanos.getAsLong() + MAX_NANOS;
        int fast = 0;
        for (int round = 0; round < MAX_ROUNDS && fast < FAST_ROUNDS; round++) {
            long before = nanos.getAsLong();
            work();
            long after = nanos.getAsLong();
            if (after - end > 0) {
                return false;
            }
            fast += after - before < FAST_NANOS ? 1 : 0;
        }
        return fast == FAST_ROUNDS;
    }

    private void work() {
        blake3.of(data, 0, INPUT_BYTES);
        blake3.of(shorts, out);
        for (int from = 0; from < INPUT_BYTES; ) {
            from = chunker.cut(data, from, INPUT_BYTES);
        }
    }
}
