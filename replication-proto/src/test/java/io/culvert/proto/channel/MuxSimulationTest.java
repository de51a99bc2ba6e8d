package io.culvert.proto.channel;

import org.junit.jupiter.api.Test;

/** Two machines and a lossless, ordered, delaying line between them, driven at random; each seed is a whole life. */
final class MuxSimulationTest {

    private static final int SEEDS = 800;

    @Test
    void everyMessageArrivesOnceInOrderWhateverTheInterleaving() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new MuxSimulation(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
