package io.culvert.dedupe.chunk;

import java.util.Arrays;

/**
 * The BLAKE3 compression function for several independent blocks at once, one in each lane.
 *
 * <p>All arrays are rows of {@link #lanes} words, word {@code w} of lane {@code i} at {@code w * lanes + i}, so that a row
 * is one vector:
 *
 * <pre>
 *   message   rows 0..15  the block, little-endian words; filled by {@code load}
 *   state     rows 0..7   in: chaining value before the block, out: after it; rows 8..15 are working space
 *   counters  one row     index of the 1 KiB leaf within its input, 0 for a parent
 *   lengths   one row     bytes in the block, 0..64
 *   flags     one row     {@link #LEAF_START}, {@link #LEAF_END}, {@link #PARENT}, {@link #ROOT}
 * </pre>
 *
 * <p>A lane that nobody fills computes garbage, which harms nobody. See O'Connor, Aumasson, Neves and Wilcox-O'Hearn,
 * "BLAKE3: one function, fast everywhere" (2020), sections 2.2 to 2.4.
 */
abstract sealed class LaneCompressor permits ScalarCompressor, VectorCompressor {

    static final int BLOCK_BYTES = 64;
    static final int BLOCK_WORDS = 16;
    static final int CHAINING_WORDS = 8;

    static final int LEAF_START = 1;
    static final int LEAF_END = 2;
    static final int PARENT = 4;
    static final int ROOT = 8;

    static final int ROUNDS = 7;

    static final int[] INITIAL = {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
    };
    private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

    final int lanes;
    final int[] message;
    final int[] state;
    final int[] counters;
    final int[] lengths;
    final int[] flags;

    LaneCompressor(int lanes) {
        this.lanes = lanes;
        message = new int[BLOCK_WORDS * lanes];
        state = new int[BLOCK_WORDS * lanes];
        counters = new int[lanes];
        lengths = new int[lanes];
        flags = new int[lanes];
    }

    /** Takes the 64 bytes at {@code offset} as the block of a lane. */
    abstract void load(byte[] from, int offset, int lane);

    /** Takes the sixteen words at {@code offset} as the block of a lane. */
    abstract void load(int[] from, int offset, int lane);

    /** Compresses the block loaded into each lane. */
    abstract void compress();

    /** Sets the chaining value of every lane to the initial one. */
    final void initialise() {
        for (int word = 0; word < CHAINING_WORDS; word++) {
            Arrays.fill(state, word * lanes, (word + 1) * lanes, INITIAL[word]);
        }
    }

    /** For each round, where in {@code message} its sixteen words begin: the permutation applied round by round. */
    static int[][] schedule(int lanes) {
        int[][] schedule = new int[ROUNDS][BLOCK_WORDS];
        for (int word = 0; word < BLOCK_WORDS; word++) {
            schedule[0][word] = word * lanes;
        }
        for (int round = 1; round < ROUNDS; round++) {
            for (int word = 0; word < BLOCK_WORDS; word++) {
                schedule[round][word] = schedule[round - 1][PERMUTATION[word]];
            }
        }
        return schedule;
    }
}
