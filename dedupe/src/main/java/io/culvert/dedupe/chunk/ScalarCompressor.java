package io.culvert.dedupe.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Compresses one block at a time with ordinary arithmetic: the fallback, and the reference for the vector one. */
final class ScalarCompressor extends LaneCompressor {

    private static final int[][] SCHEDULE = schedule(1);

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    ScalarCompressor() {
        super(1);
    }

    @Override
    void load(byte[] from, int offset, int lane) {
        for (int word = 0; word < BLOCK_WORDS; word++) {
            message[word] = (int) WORD.get(from, offset + word * Integer.BYTES);
        }
    }

    @Override
    void load(int[] from, int offset, int lane) {
        System.arraycopy(from, offset, message, 0, BLOCK_WORDS);
    }

    @Override
    void compress() {
        System.arraycopy(INITIAL, 0, state, 8, 4);
        state[12] = counters[0];
        state[13] = 0;
        state[14] = lengths[0];
        state[15] = flags[0];
        for (int round = 0; round < ROUNDS; round++) {
            int[] word = SCHEDULE[round];
            mix(0, 4, 8, 12, word[0], word[1]);
            mix(1, 5, 9, 13, word[2], word[3]);
            mix(2, 6, 10, 14, word[4], word[5]);
            mix(3, 7, 11, 15, word[6], word[7]);
            mix(0, 5, 10, 15, word[8], word[9]);
            mix(1, 6, 11, 12, word[10], word[11]);
            mix(2, 7, 8, 13, word[12], word[13]);
            mix(3, 4, 9, 14, word[14], word[15]);
        }
        for (int word = 0; word < CHAINING_WORDS; word++) {
            state[word] ^= state[8 + word];
        }
    }

    private void mix(int i, int j, int k, int l, int x, int y) {
        int[] v = state;
        int a = v[i];
        int b = v[j];
        int c = v[k];
        int d = v[l];
        a += b + message[x];
        d = Integer.rotateRight(d ^ a, 16);
        c += d;
        b = Integer.rotateRight(b ^ c, 12);
        a += b + message[y];
        d = Integer.rotateRight(d ^ a, 8);
        c += d;
        b = Integer.rotateRight(b ^ c, 7);
        v[i] = a;
        v[j] = b;
        v[k] = c;
        v[l] = d;
    }
}
