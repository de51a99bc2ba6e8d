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
        if (LANES == LaneCompressor.BLOCK_WORDS) {
            square(rows);
            return;
        }
        swap(rows, 1, UP_1, DOWN_1, ODD_1);
        swap(rows, 2, UP_2, DOWN_2, ODD_2);
        if (LANES > 4) {
            swap(rows, 4, UP_4, DOWN_4, ODD_4);
        }
    }

    /** One tile of sixteen rows: all steps with the rows in registers. */
    private static void square(int[] rows) {
        IntVector r0 = IntVector.fromArray(SPECIES, rows, 0 * LANES);
        IntVector r1 = IntVector.fromArray(SPECIES, rows, 1 * LANES);
        IntVector r2 = IntVector.fromArray(SPECIES, rows, 2 * LANES);
        IntVector r3 = IntVector.fromArray(SPECIES, rows, 3 * LANES);
        IntVector r4 = IntVector.fromArray(SPECIES, rows, 4 * LANES);
        IntVector r5 = IntVector.fromArray(SPECIES, rows, 5 * LANES);
        IntVector r6 = IntVector.fromArray(SPECIES, rows, 6 * LANES);
        IntVector r7 = IntVector.fromArray(SPECIES, rows, 7 * LANES);
        IntVector r8 = IntVector.fromArray(SPECIES, rows, 8 * LANES);
        IntVector r9 = IntVector.fromArray(SPECIES, rows, 9 * LANES);
        IntVector r10 = IntVector.fromArray(SPECIES, rows, 10 * LANES);
        IntVector r11 = IntVector.fromArray(SPECIES, rows, 11 * LANES);
        IntVector r12 = IntVector.fromArray(SPECIES, rows, 12 * LANES);
        IntVector r13 = IntVector.fromArray(SPECIES, rows, 13 * LANES);
        IntVector r14 = IntVector.fromArray(SPECIES, rows, 14 * LANES);
        IntVector r15 = IntVector.fromArray(SPECIES, rows, 15 * LANES);
        IntVector x;
        IntVector y;
        x = r0;
        y = r1;
        r0 = x.blend(y.rearrange(UP_1), ODD_1);
        r1 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r2;
        y = r3;
        r2 = x.blend(y.rearrange(UP_1), ODD_1);
        r3 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r4;
        y = r5;
        r4 = x.blend(y.rearrange(UP_1), ODD_1);
        r5 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r6;
        y = r7;
        r6 = x.blend(y.rearrange(UP_1), ODD_1);
        r7 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r8;
        y = r9;
        r8 = x.blend(y.rearrange(UP_1), ODD_1);
        r9 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r10;
        y = r11;
        r10 = x.blend(y.rearrange(UP_1), ODD_1);
        r11 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r12;
        y = r13;
        r12 = x.blend(y.rearrange(UP_1), ODD_1);
        r13 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r14;
        y = r15;
        r14 = x.blend(y.rearrange(UP_1), ODD_1);
        r15 = x.rearrange(DOWN_1).blend(y, ODD_1);
        x = r0;
        y = r2;
        r0 = x.blend(y.rearrange(UP_2), ODD_2);
        r2 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r1;
        y = r3;
        r1 = x.blend(y.rearrange(UP_2), ODD_2);
        r3 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r4;
        y = r6;
        r4 = x.blend(y.rearrange(UP_2), ODD_2);
        r6 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r5;
        y = r7;
        r5 = x.blend(y.rearrange(UP_2), ODD_2);
        r7 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r8;
        y = r10;
        r8 = x.blend(y.rearrange(UP_2), ODD_2);
        r10 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r9;
        y = r11;
        r9 = x.blend(y.rearrange(UP_2), ODD_2);
        r11 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r12;
        y = r14;
        r12 = x.blend(y.rearrange(UP_2), ODD_2);
        r14 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r13;
        y = r15;
        r13 = x.blend(y.rearrange(UP_2), ODD_2);
        r15 = x.rearrange(DOWN_2).blend(y, ODD_2);
        x = r0;
        y = r4;
        r0 = x.blend(y.rearrange(UP_4), ODD_4);
        r4 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r1;
        y = r5;
        r1 = x.blend(y.rearrange(UP_4), ODD_4);
        r5 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r2;
        y = r6;
        r2 = x.blend(y.rearrange(UP_4), ODD_4);
        r6 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r3;
        y = r7;
        r3 = x.blend(y.rearrange(UP_4), ODD_4);
        r7 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r8;
        y = r12;
        r8 = x.blend(y.rearrange(UP_4), ODD_4);
        r12 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r9;
        y = r13;
        r9 = x.blend(y.rearrange(UP_4), ODD_4);
        r13 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r10;
        y = r14;
        r10 = x.blend(y.rearrange(UP_4), ODD_4);
        r14 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r11;
        y = r15;
        r11 = x.blend(y.rearrange(UP_4), ODD_4);
        r15 = x.rearrange(DOWN_4).blend(y, ODD_4);
        x = r0;
        y = r8;
        r0 = x.blend(y.rearrange(UP_8), ODD_8);
        r8 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r1;
        y = r9;
        r1 = x.blend(y.rearrange(UP_8), ODD_8);
        r9 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r2;
        y = r10;
        r2 = x.blend(y.rearrange(UP_8), ODD_8);
        r10 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r3;
        y = r11;
        r3 = x.blend(y.rearrange(UP_8), ODD_8);
        r11 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r4;
        y = r12;
        r4 = x.blend(y.rearrange(UP_8), ODD_8);
        r12 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r5;
        y = r13;
        r5 = x.blend(y.rearrange(UP_8), ODD_8);
        r13 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r6;
        y = r14;
        r6 = x.blend(y.rearrange(UP_8), ODD_8);
        r14 = x.rearrange(DOWN_8).blend(y, ODD_8);
        x = r7;
        y = r15;
        r7 = x.blend(y.rearrange(UP_8), ODD_8);
        r15 = x.rearrange(DOWN_8).blend(y, ODD_8);
        r0.intoArray(rows, 0 * LANES);
        r1.intoArray(rows, 1 * LANES);
        r2.intoArray(rows, 2 * LANES);
        r3.intoArray(rows, 3 * LANES);
        r4.intoArray(rows, 4 * LANES);
        r5.intoArray(rows, 5 * LANES);
        r6.intoArray(rows, 6 * LANES);
        r7.intoArray(rows, 7 * LANES);
        r8.intoArray(rows, 8 * LANES);
        r9.intoArray(rows, 9 * LANES);
        r10.intoArray(rows, 10 * LANES);
        r11.intoArray(rows, 11 * LANES);
        r12.intoArray(rows, 12 * LANES);
        r13.intoArray(rows, 13 * LANES);
        r14.intoArray(rows, 14 * LANES);
        r15.intoArray(rows, 15 * LANES);
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
