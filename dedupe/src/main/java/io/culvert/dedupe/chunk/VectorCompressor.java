package io.culvert.dedupe.chunk;

import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Compresses as many blocks at once as an int vector has lanes: 16 with AVX-512, 8 with AVX2.
 *
 * <p>Shaped by the JIT, which stops inlining when a compilation has too many nodes and then boxes every vector (measured:
 * 36 GB of garbage for each GB hashed, ten times slower). So the rounds are one straight method around a loop that is not
 * unrolled: too big to be inlined elsewhere, yet far below the 8,000 bytecodes that are never compiled, and the state stays
 * in registers from the first round to the last.
 */
final class VectorCompressor extends LaneCompressor {

    private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int[][] SCHEDULE = schedule(LANES);

    VectorCompressor() {
        super(LANES);
    }

    @Override
    void load(byte[] from, int offset, int lane) {
        for (int word = 0; word < BLOCK_WORDS; word += LANES) {
            ByteVector.fromArray(BYTES, from, offset + word * Integer.BYTES)
                    .reinterpretAsInts()
                    .intoArray(message, (word + lane) * LANES);
        }
    }

    @Override
    void load(int[] from, int offset, int lane) {
        for (int word = 0; word < BLOCK_WORDS; word += LANES) {
            IntVector.fromArray(SPECIES, from, offset + word).intoArray(message, (word + lane) * LANES);
        }
    }

    @Override
    void compress() {
        Transposition.apply(message);
        rounds(state, message);
    }

    /**
     * All rounds: in each the quarter round G on the four columns of the 4 x 4 state, then on its four diagonals. The lower
     * half of the state begins as constants, counter, length and flags; both halves are folded into chaining values.
     */
    private void rounds(int[] s, int[] m) {
        IntVector v0 = IntVector.fromArray(SPECIES, s, 0 * LANES);
        IntVector v1 = IntVector.fromArray(SPECIES, s, 1 * LANES);
        IntVector v2 = IntVector.fromArray(SPECIES, s, 2 * LANES);
        IntVector v3 = IntVector.fromArray(SPECIES, s, 3 * LANES);
        IntVector v4 = IntVector.fromArray(SPECIES, s, 4 * LANES);
        IntVector v5 = IntVector.fromArray(SPECIES, s, 5 * LANES);
        IntVector v6 = IntVector.fromArray(SPECIES, s, 6 * LANES);
        IntVector v7 = IntVector.fromArray(SPECIES, s, 7 * LANES);
        IntVector v8 = IntVector.broadcast(SPECIES, INITIAL[0]);
        IntVector v9 = IntVector.broadcast(SPECIES, INITIAL[1]);
        IntVector v10 = IntVector.broadcast(SPECIES, INITIAL[2]);
        IntVector v11 = IntVector.broadcast(SPECIES, INITIAL[3]);
        IntVector v12 = IntVector.fromArray(SPECIES, counters, 0);
        IntVector v13 = IntVector.zero(SPECIES);
        IntVector v14 = IntVector.fromArray(SPECIES, lengths, 0);
        IntVector v15 = IntVector.fromArray(SPECIES, flags, 0);
        for (int[] word : SCHEDULE) {
            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, word[0]));
            v12 = v12.lanewise(XOR, v0).lanewise(ROR, 16);
            v8 = v8.add(v12);
            v4 = v4.lanewise(XOR, v8).lanewise(ROR, 12);
            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, word[1]));
            v12 = v12.lanewise(XOR, v0).lanewise(ROR, 8);
            v8 = v8.add(v12);
            v4 = v4.lanewise(XOR, v8).lanewise(ROR, 7);
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, word[2]));
            v13 = v13.lanewise(XOR, v1).lanewise(ROR, 16);
            v9 = v9.add(v13);
            v5 = v5.lanewise(XOR, v9).lanewise(ROR, 12);
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, word[3]));
            v13 = v13.lanewise(XOR, v1).lanewise(ROR, 8);
            v9 = v9.add(v13);
            v5 = v5.lanewise(XOR, v9).lanewise(ROR, 7);
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, word[4]));
            v14 = v14.lanewise(XOR, v2).lanewise(ROR, 16);
            v10 = v10.add(v14);
            v6 = v6.lanewise(XOR, v10).lanewise(ROR, 12);
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, word[5]));
            v14 = v14.lanewise(XOR, v2).lanewise(ROR, 8);
            v10 = v10.add(v14);
            v6 = v6.lanewise(XOR, v10).lanewise(ROR, 7);
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, word[6]));
            v15 = v15.lanewise(XOR, v3).lanewise(ROR, 16);
            v11 = v11.add(v15);
            v7 = v7.lanewise(XOR, v11).lanewise(ROR, 12);
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, word[7]));
            v15 = v15.lanewise(XOR, v3).lanewise(ROR, 8);
            v11 = v11.add(v15);
            v7 = v7.lanewise(XOR, v11).lanewise(ROR, 7);
            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, word[8]));
            v15 = v15.lanewise(XOR, v0).lanewise(ROR, 16);
            v10 = v10.add(v15);
            v5 = v5.lanewise(XOR, v10).lanewise(ROR, 12);
            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, word[9]));
            v15 = v15.lanewise(XOR, v0).lanewise(ROR, 8);
            v10 = v10.add(v15);
            v5 = v5.lanewise(XOR, v10).lanewise(ROR, 7);
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, word[10]));
            v12 = v12.lanewise(XOR, v1).lanewise(ROR, 16);
            v11 = v11.add(v12);
            v6 = v6.lanewise(XOR, v11).lanewise(ROR, 12);
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, word[11]));
            v12 = v12.lanewise(XOR, v1).lanewise(ROR, 8);
            v11 = v11.add(v12);
            v6 = v6.lanewise(XOR, v11).lanewise(ROR, 7);
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, word[12]));
            v13 = v13.lanewise(XOR, v2).lanewise(ROR, 16);
            v8 = v8.add(v13);
            v7 = v7.lanewise(XOR, v8).lanewise(ROR, 12);
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, word[13]));
            v13 = v13.lanewise(XOR, v2).lanewise(ROR, 8);
            v8 = v8.add(v13);
            v7 = v7.lanewise(XOR, v8).lanewise(ROR, 7);
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, word[14]));
            v14 = v14.lanewise(XOR, v3).lanewise(ROR, 16);
            v9 = v9.add(v14);
            v4 = v4.lanewise(XOR, v9).lanewise(ROR, 12);
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, word[15]));
            v14 = v14.lanewise(XOR, v3).lanewise(ROR, 8);
            v9 = v9.add(v14);
            v4 = v4.lanewise(XOR, v9).lanewise(ROR, 7);
        }
        v0.lanewise(XOR, v8).intoArray(s, 0 * LANES);
        v1.lanewise(XOR, v9).intoArray(s, 1 * LANES);
        v2.lanewise(XOR, v10).intoArray(s, 2 * LANES);
        v3.lanewise(XOR, v11).intoArray(s, 3 * LANES);
        v4.lanewise(XOR, v12).intoArray(s, 4 * LANES);
        v5.lanewise(XOR, v13).intoArray(s, 5 * LANES);
        v6.lanewise(XOR, v14).intoArray(s, 6 * LANES);
        v7.lanewise(XOR, v15).intoArray(s, 7 * LANES);
    }
}
