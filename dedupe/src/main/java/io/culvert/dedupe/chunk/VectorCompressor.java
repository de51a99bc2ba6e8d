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
 * 36 GB of garbage for each GB hashed, ten times slower). So the state goes through memory between half rounds, and a half
 * round is one straight method too big to be inlined elsewhere, yet far below the 8,000 bytecodes that are never compiled.
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
        prepare();
        for (int round = 0; round < ROUNDS; round++) {
            mix(SCHEDULE[round], 0, 0);
            mix(SCHEDULE[round], 8, 1);
        }
        fold();
    }

    /** The lower half of the state: constants, counter, length and flags. */
    private void prepare() {
        for (int word = 0; word < 4; word++) {
            IntVector.broadcast(SPECIES, INITIAL[word]).intoArray(state, (8 + word) * LANES);
        }
        IntVector.fromArray(SPECIES, counters, 0).intoArray(state, 12 * LANES);
        IntVector.zero(SPECIES).intoArray(state, 13 * LANES);
        IntVector.fromArray(SPECIES, lengths, 0).intoArray(state, 14 * LANES);
        IntVector.fromArray(SPECIES, flags, 0).intoArray(state, 15 * LANES);
    }

    /**
     * Half a round: the quarter round G on four columns of the 4 x 4 state ({@code turn} 0) or on its four diagonals
     * ({@code turn} 1), with the eight message words that begin at {@code word[first]}.
     */
    private void mix(int[] word, int first, int turn) {
        int[] v = state;
        int[] m = message;
        IntVector a0 = IntVector.fromArray(SPECIES, v, 0);
        IntVector a1 = IntVector.fromArray(SPECIES, v, 1 * LANES);
        IntVector a2 = IntVector.fromArray(SPECIES, v, 2 * LANES);
        IntVector a3 = IntVector.fromArray(SPECIES, v, 3 * LANES);
        IntVector b0 = IntVector.fromArray(SPECIES, v, (4 + (0 + turn & 3)) * LANES);
        IntVector b1 = IntVector.fromArray(SPECIES, v, (4 + (1 + turn & 3)) * LANES);
        IntVector b2 = IntVector.fromArray(SPECIES, v, (4 + (2 + turn & 3)) * LANES);
        IntVector b3 = IntVector.fromArray(SPECIES, v, (4 + (3 + turn & 3)) * LANES);
        IntVector c0 = IntVector.fromArray(SPECIES, v, (8 + (0 + 2 * turn & 3)) * LANES);
        IntVector c1 = IntVector.fromArray(SPECIES, v, (8 + (1 + 2 * turn & 3)) * LANES);
        IntVector c2 = IntVector.fromArray(SPECIES, v, (8 + (2 + 2 * turn & 3)) * LANES);
        IntVector c3 = IntVector.fromArray(SPECIES, v, (8 + (3 + 2 * turn & 3)) * LANES);
        IntVector d0 = IntVector.fromArray(SPECIES, v, (12 + (0 + 3 * turn & 3)) * LANES);
        IntVector d1 = IntVector.fromArray(SPECIES, v, (12 + (1 + 3 * turn & 3)) * LANES);
        IntVector d2 = IntVector.fromArray(SPECIES, v, (12 + (2 + 3 * turn & 3)) * LANES);
        IntVector d3 = IntVector.fromArray(SPECIES, v, (12 + (3 + 3 * turn & 3)) * LANES);
        a0 = a0.add(b0).add(IntVector.fromArray(SPECIES, m, word[first]));
        a1 = a1.add(b1).add(IntVector.fromArray(SPECIES, m, word[first + 2]));
        a2 = a2.add(b2).add(IntVector.fromArray(SPECIES, m, word[first + 4]));
        a3 = a3.add(b3).add(IntVector.fromArray(SPECIES, m, word[first + 6]));
        d0 = d0.lanewise(XOR, a0).lanewise(ROR, 16);
        d1 = d1.lanewise(XOR, a1).lanewise(ROR, 16);
        d2 = d2.lanewise(XOR, a2).lanewise(ROR, 16);
        d3 = d3.lanewise(XOR, a3).lanewise(ROR, 16);
        c0 = c0.add(d0);
        c1 = c1.add(d1);
        c2 = c2.add(d2);
        c3 = c3.add(d3);
        b0 = b0.lanewise(XOR, c0).lanewise(ROR, 12);
        b1 = b1.lanewise(XOR, c1).lanewise(ROR, 12);
        b2 = b2.lanewise(XOR, c2).lanewise(ROR, 12);
        b3 = b3.lanewise(XOR, c3).lanewise(ROR, 12);
        a0 = a0.add(b0).add(IntVector.fromArray(SPECIES, m, word[first + 1]));
        a1 = a1.add(b1).add(IntVector.fromArray(SPECIES, m, word[first + 3]));
        a2 = a2.add(b2).add(IntVector.fromArray(SPECIES, m, word[first + 5]));
        a3 = a3.add(b3).add(IntVector.fromArray(SPECIES, m, word[first + 7]));
        d0 = d0.lanewise(XOR, a0).lanewise(ROR, 8);
        d1 = d1.lanewise(XOR, a1).lanewise(ROR, 8);
        d2 = d2.lanewise(XOR, a2).lanewise(ROR, 8);
        d3 = d3.lanewise(XOR, a3).lanewise(ROR, 8);
        c0 = c0.add(d0);
        c1 = c1.add(d1);
        c2 = c2.add(d2);
        c3 = c3.add(d3);
        b0 = b0.lanewise(XOR, c0).lanewise(ROR, 7);
        b1 = b1.lanewise(XOR, c1).lanewise(ROR, 7);
        b2 = b2.lanewise(XOR, c2).lanewise(ROR, 7);
        b3 = b3.lanewise(XOR, c3).lanewise(ROR, 7);
        a0.intoArray(v, 0);
        a1.intoArray(v, 1 * LANES);
        a2.intoArray(v, 2 * LANES);
        a3.intoArray(v, 3 * LANES);
        b0.intoArray(v, (4 + (0 + turn & 3)) * LANES);
        b1.intoArray(v, (4 + (1 + turn & 3)) * LANES);
        b2.intoArray(v, (4 + (2 + turn & 3)) * LANES);
        b3.intoArray(v, (4 + (3 + turn & 3)) * LANES);
        c0.intoArray(v, (8 + (0 + 2 * turn & 3)) * LANES);
        c1.intoArray(v, (8 + (1 + 2 * turn & 3)) * LANES);
        c2.intoArray(v, (8 + (2 + 2 * turn & 3)) * LANES);
        c3.intoArray(v, (8 + (3 + 2 * turn & 3)) * LANES);
        d0.intoArray(v, (12 + (0 + 3 * turn & 3)) * LANES);
        d1.intoArray(v, (12 + (1 + 3 * turn & 3)) * LANES);
        d2.intoArray(v, (12 + (2 + 3 * turn & 3)) * LANES);
        d3.intoArray(v, (12 + (3 + 3 * turn & 3)) * LANES);
    }

    /** The chaining values after the block: both halves of the state, folded. */
    private void fold() {
        for (int word = 0; word < CHAINING_WORDS; word++) {
            IntVector.fromArray(SPECIES, state, word * LANES)
                    .lanewise(XOR, IntVector.fromArray(SPECIES, state, (8 + word) * LANES))
                    .intoArray(state, word * LANES);
        }
    }
}
