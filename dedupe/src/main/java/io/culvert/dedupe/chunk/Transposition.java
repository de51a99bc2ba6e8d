package io.culvert.dedupe.chunk;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns rows of words that belong to one lane each into rows of one word for all lanes.
 *
 * <p>Sixteen rows of {@code L} words are {@code 16 / L} square tiles; each is transposed in place, in {@code log2 L} steps
 * that swap its off-diagonal quarters, eighths, and so on down to single words (Eklundh, "A fast computer method for matrix
 * transposing", 1972). Word by word it would cost the same instructions but stall: a wide load that follows narrow stores
 * cannot be forwarded from the store buffer.
 */
final class Transposition {

    private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static final VectorShuffle<Integer> UP_1 = rotation(-1);
    private static final VectorShuffle<Integer> DOWN_1 = rotation(1);
    private static final VectorMask<Integer> ODD_1 = odd(1);
    private static final VectorShuffle<Integer> UP_2 = rotation(-2);
    private static final VectorShuffle<Integer> DOWN_2 = rotation(2);
    private static final VectorMask<Integer> ODD_2 = odd(2);
    private static final VectorShuffle<Integer> UP_4 = rotation(-4);
    private static final VectorShuffle<Integer> DOWN_4 = rotation(4);
    private static final VectorMask<Integer> ODD_4 = odd(4);
    private static final VectorShuffle<Integer> UP_8 = rotation(-8);
    private static final VectorShuffle<Integer> DOWN_8 = rotation(8);
    private static final VectorMask<Integer> ODD_8 = odd(8);

    private Transposition() {}

    /** Transposes the tiles of sixteen rows. */
    static void apply(int[] rows) {
        swap(rows, 1, UP_1, DOWN_1, ODD_1);
        swap(rows, 2, UP_2, DOWN_2, ODD_2);
        if (LANES > 4) {
            swap(rows, 4, UP_4, DOWN_4, ODD_4);
        }
        if (LANES > 8) {
            swap(rows, 8, UP_8, DOWN_8, ODD_8);
        }
    }

    /** One step: rows {@code i} and {@code i + step} swap the words whose index has the bit {@code step} set or clear. */
    private static void swap(
            int[] rows, int step, VectorShuffle<Integer> up, VectorShuffle<Integer> down, VectorMask<Integer> odd) {
        for (int pair = 0; pair < LaneCompressor.BLOCK_WORDS / 2; pair++) {
            int upper = ((pair & -step) * 2 + (pair & step - 1)) * LANES;
            int lower = upper + step * LANES;
            IntVector x = IntVector.fromArray(SPECIES, rows, upper);
            IntVector y = IntVector.fromArray(SPECIES, rows, lower);
            x.blend(y.rearrange(up), odd).intoArray(rows, upper);
            x.rearrange(down).blend(y, odd).intoArray(rows, lower);
        }
    }

    private static VectorShuffle<Integer> rotation(int by) {
        return VectorShuffle.fromOp(SPECIES, lane -> lane + by & LANES - 1);
    }

    private static VectorMask<Integer> odd(int step) {
        long bits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            bits |= (lane & step) != 0 ? 1L << lane : 0;
        }
        return VectorMask.fromLong(SPECIES, bits);
    }
}
