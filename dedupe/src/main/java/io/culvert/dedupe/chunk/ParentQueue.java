package io.culvert.dedupe.chunk;

import static io.culvert.dedupe.chunk.LaneCompressor.BLOCK_BYTES;
import static io.culvert.dedupe.chunk.LaneCompressor.CHAINING_WORDS;

/**
 * Parents waiting for a free set of lanes: one block each, the chaining values of two neighbouring nodes.
 *
 * <p>The children are read when a parent is added, so its node may overwrite theirs.
 */
final class ParentQueue {

    private final LaneCompressor compressor;
    private final int lanes;
    private final int[] rootFlag;
    private final int[] target;
    private int used;

    ParentQueue(LaneCompressor compressor) {
        this.compressor = compressor;
        lanes = compressor.lanes;
        rootFlag = new int[lanes];
        target = new int[lanes];
    }

    /** Adds the parent of nodes {@code left} and {@code left + 1}; its chaining value goes to {@code node}. */
    void add(int left, boolean root, int node, int[] nodes) {
        compressor.load(nodes, left * CHAINING_WORDS, used);
        rootFlag[used] = root ? LaneCompressor.ROOT : 0;
        target[used] = node;
        if (++used == lanes) {
            flush(nodes);
        }
    }

    /** Hashes what is queued. */
    void flush(int[] nodes) {
        if (used == 0) {
            return;
        }
        compressor.initialise();
        for (int lane = 0; lane < used; lane++) {
            compressor.counters[lane] = 0;
            compressor.lengths[lane] = BLOCK_BYTES;
            compressor.flags[lane] = LaneCompressor.PARENT | rootFlag[lane];
        }
        compressor.compress();
        for (int lane = 0; lane < used; lane++) {
            for (int word = 0; word < CHAINING_WORDS; word++) {
                nodes[target[lane] * CHAINING_WORDS + word] = compressor.state[word * lanes + lane];
            }
        }
        used = 0;
    }
}
