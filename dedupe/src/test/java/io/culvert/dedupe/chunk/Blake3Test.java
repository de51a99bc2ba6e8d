package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class Blake3Test {

    /** The input lengths of the BLAKE3 project's test_vectors.json; byte i of an input is i modulo 251. */
    private static final int[] OFFICIAL_LENGTHS = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 4096, 4097,
        5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744, 102400
    };

    private static final int MAX_RANDOM_BYTES = 200 * 1024;

    enum Kind {
        SCALAR,
        VECTOR;

        Blake3 create() {
            return new Blake3(this == SCALAR ? new ScalarCompressor() : new VectorCompressor());
        }
    }

    @ParameterizedTest
    @EnumSource
    void knowsTheOfficialTestVectors(Kind kind) {
        byte[] input = official(102400);
        for (int length : OFFICIAL_LENGTHS) {
            assertThat(kind.create().of(input, 0, length))
                    .as("length %d", length)
                    .isEqualTo(reference(input, 0, length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void knowsPublishedHashes(Kind kind) {
        Blake3 blake3 = kind.create();
        assertThat(blake3.of(new byte[0], 0, 0).hex())
                .isEqualTo("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        assertThat(blake3.of(official(1024), 0, 1024).hex())
                .isEqualTo("42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
        assertThat(blake3.of(official(1025), 0, 1025).hex())
                .isEqualTo("d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444");
    }

    @ParameterizedTest
    @EnumSource
    void equalsBouncyCastleOnRandomInputs(Kind kind) {
        long seed = 0xB1A4E3;
        Random random = new Random(seed);
        byte[] input = new byte[MAX_RANDOM_BYTES + 1000];
        random.nextBytes(input);
        Blake3 blake3 = kind.create();
        for (int round = 0; round < 150; round++) {
            int length = random.nextInt(random.nextBoolean() ? 5000 : MAX_RANDOM_BYTES + 1);
            int offset = random.nextInt(1000);
            assertThat(blake3.of(input, offset, length))
                    .as("seed %x round %d offset %d length %d", seed, round, offset, length)
                    .isEqualTo(reference(input, offset, length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void hashesAListAsItHashesEachAlone(Kind kind) {
        long seed = 77;
        Random random = new Random(seed);
        byte[] input = new byte[300_000];
        random.nextBytes(input);
        Blake3 blake3 = kind.create();
        for (int round = 0; round < 12; round++) {
            List<Slice> slices = new ArrayList<>();
            int count = random.nextInt(700);
            int longest = random.nextBoolean() ? 3000 : 40_000;
            for (int i = 0; i < count; i++) {
                slices.add(new Slice(input, random.nextInt(1000), random.nextInt(longest)));
            }
            Fingerprint[] out = new Fingerprint[count];
            blake3.of(slices, out);
            for (int i = 0; i < count; i++) {
                Slice slice = slices.get(i);
                assertThat(out[i])
                        .as("seed %d round %d item %d of %d", seed, round, i, count)
                        .isEqualTo(blake3.of(slice.array(), slice.offset(), slice.length()));
            }
        }
    }

    @Test
    void refusesAnOutputThatIsTooShort() {
        List<Slice> two = Collections.nCopies(2, Slice.empty());
        assertThatThrownBy(() -> Fingerprinter.fastest().of(two, new Fingerprint[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesARangeOutsideTheArray() {
        assertThatThrownBy(() -> Fingerprinter.fastest().of(new byte[10], 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] official(int length) {
        byte[] input = new byte[length];
        for (int i = 0; i < length; i++) {
            input[i] = (byte) (i % 251);
        }
        return input;
    }

    private static Fingerprint reference(byte[] data, int offset, int length) {
        Blake3Digest digest = new Blake3Digest(256);
        digest.update(data, offset, length);
        byte[] hash = new byte[Fingerprint.LENGTH_BYTES];
        digest.doFinal(hash, 0);
        return Fingerprint.read(hash, 0);
    }
}
