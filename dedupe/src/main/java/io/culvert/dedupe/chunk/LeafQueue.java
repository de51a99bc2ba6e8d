package io.culvert.dedupe.chunk;

import static io.culvert.dedupe.chunk.LaneCompressor.BLOCK_BYTES;
import static io.culvert.dedupe.chunk.LaneCompressor.CHAINING_WORDS;

import java.util.Arrays;

/**
 * Leaves (1 KiB of an input, or what is left of it) waiting for a free set of lanes; hashed when every lane has one.
 *
 * <p>The sixteen blocks of a leaf depend on each other, so lanes run side by side, a block of each at a time. Lanes may
 * hold leaves of different lengths and different arrays: one that has ended keeps its result and computes on in vain.
 */
final class LeafQueue {

    static final int LEAF_BYTES = 1024;

    private static final byte[] NOTHING = new byte[0];

    private final LaneCompressor compressor;
    private final int lanes;
    private final byte[][] data;
    private final int[] position;
    private final int[] length;
    private final int[] rootFlag;
    private final int[] target;
    private final byte[] lastBlock = new byte[BLOCK_BYTES];
    private int used;

    LeafQueue(LaneCompressor compressor) {
        this.compressor = compressor;
        lanes = compressor.lanes;
        data = new byte[lanes][];
        Arrays.fill(data, NOTHING);
        position = new int[lanes];
        length = new int[lanes];
        rootFlag = new int[lanes];
        target = new int[lanes];
    }

    /** Adds a leaf of {@code 0..1024} bytes whose chaining value goes to node {@code node}; may hash what is queued. */
    void add(byte[] bytes, int offset, int count, int counter, boolean root, int node, int[] nodes) {
        data[used] = bytes;
        position[used] = offset;
        length[used] = count;
        compressor.counters[used] = counter;
        rootFlag[used] = root ? LaneCompressor.ROOT : 0;
        target[used] = node;
        if (++used == lanes) {
            flush(nodes);
        }
    }

    /** Hashes what is queued; afterwards the queue holds nothing, no input either. */
    void flush(int[] nodes) {
        if (used == 0) {
            return;
        }
        int shortest = LEAF_BYTES;
        int longest = 0;
        for (int lane = 0; lane < used; lane++) {
            shortest = Math.min(shortest, length[lane]);
            longest = Math.max(longest, length[lane]);
        }
        compressor.initialise();
        int at = 0;
        for (; at + BLOCK_BYTES < shortest; at += BLOCK_BYTES) {
            fillAll(at);
            compressor.compress();
        }
        do {
            for (int lane = 0; lane < used; lane++) {
                fill(lane, at);
            }
            compressor.compress();
            for (int lane = 0; lane < used; lane++) {
                if (endsWithin(lane, at)) {
                    keep(lane, nodes);
                }
            }
            at += BLOCK_BYTES;
        } while (at < longest);
        Arrays.fill(data, 0, used, NOTHING);
        used = 0;
    }

    /** Whether the block at {@code at} is the last one of the lane's leaf; an empty leaf has one block. */
    private boolean endsWithin(int lane, int at) {
        return length[lane] <= at + BLOCK_BYTES && (length[lane] > at || at == 0);
    }

    /** Puts the blocks that begin {@code at} bytes into each leaf into the lanes; none is the last of its leaf. */
    private void fillAll(int at) {
        for (int lane = 0; lane < used; lane++) {
            compressor.load(data[lane], position[lane] + at, lane);
        }
        Arrays.fill(compressor.lengths, BLOCK_BYTES);
        Arrays.fill(compressor.flags, at == 0 ? LaneCompressor.LEAF_START : 0);
    }

    /** Puts the block that begins {@code at} bytes into the lane's leaf, perhaps the last and shorter, into the lane. */
    private void fill(int lane, int at) {
        int left = length[lane] - at;
        if (left >= BLOCK_BYTES) {
            compressor.load(data[lane], position[lane] + at, lane);
            compressor.lengths[lane] = BLOCK_BYTES;
        } else if (left >= 0) {
            System.arraycopy(data[lane], position[lane] + at, lastBlock, 0, left);
            Arrays.fill(lastBlock, left, BLOCK_BYTES, (byte) 0);
            compressor.load(lastBlock, 0, lane);
            compressor.lengths[lane] = left;
        }
        compressor.flags[lane] = (at == 0 ? LaneCompressor.LEAF_START : 0)
                | (left <= BLOCK_BYTES ? LaneCompressor.LEAF_END | rootFlag[lane] : 0);
    }

    private void keep(int lane, int[] nodes) {
        for (int word = 0; word < CHAINING_WORDS; word++) {
            nodes[target[lane] * CHAINING_WORDS + word] = compressor.state[word * lanes + lane];
        }
    }
}
