package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ChunkerTest {

    private static final ChunkSizes SMALL = new ChunkSizes(64, 4096, 16 * 1024);
    private static final ChunkSizes ODD = new ChunkSizes(777, 5001, 12_345);
    private static final List<ChunkSizes> ALL_SIZES = List.of(ChunkSizes.TREE, ChunkSizes.STREAM, SMALL, ODD);

    enum Kind {
        SCALAR,
        VECTOR;

        Chunker create(ChunkSizes sizes) {
            return this == SCALAR ? new ScalarChunker(sizes) : new VectorChunker(sizes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsWhereItAlwaysDid(Kind kind) {
        byte[] data = random(5, 200_000);
        assertThat(cuts(kind.create(ChunkSizes.TREE), data))
                .as("golden positions: if they move, every dataset is sent and stored anew")
                .isEqualTo(List.of(GOLDEN_TREE));
        assertThat(cuts(kind.create(ChunkSizes.STREAM), data)).isEqualTo(List.of(GOLDEN_STREAM));
    }

    @Test
    void scalarAndVectorCutAlike() {
        for (long seed = 0; seed < 60; seed++) {
            byte[] data = content(seed, 1 + new Random(seed).nextInt(400_000));
            for (ChunkSizes sizes : ALL_SIZES) {
                assertThat(cuts(new VectorChunker(sizes), data))
                        .as("seed %d, %s", seed, sizes)
                        .isEqualTo(cuts(new ScalarChunker(sizes), data));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyLengthIsWithinItsBounds(Kind kind) {
        for (long seed = 0; seed < 40; seed++) {
            byte[] data = content(seed, 1 + new Random(seed).nextInt(600_000));
            for (ChunkSizes sizes : ALL_SIZES) {
                List<Integer> cuts = cuts(kind.create(sizes), data);
                assertThat(cuts.getLast()).isEqualTo(data.length);
                for (int i = 0; i < cuts.size(); i++) {
                    int length = cuts.get(i) - (i == 0 ? 0 : cuts.get(i - 1));
                    int least = i == cuts.size() - 1 ? 1 : sizes.minBytes();
                    assertThat(length).as("seed %d chunk %d", seed, i).isBetween(least, sizes.maxBytes());
                }
            }
        }
    }

    @Test
    void anInsertionChangesOnlyTheChunksAroundIt() {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            byte[] before = random(seed, 1_000_000);
            int at = random.nextInt(before.length);
            byte[] inserted = random(seed + 1000, 1 + random.nextInt(300));
            byte[] after = new byte[before.length + inserted.length];
            System.arraycopy(before, 0, after, 0, at);
            System.arraycopy(inserted, 0, after, at, inserted.length);
            System.arraycopy(before, at, after, at + inserted.length, before.length - at);
            Set<Fingerprint> fresh = fingerprints(after);
            fresh.removeAll(fingerprints(before));
            assertThat(fresh)
                    .as("seed %d, %d bytes at %d", seed, inserted.length, at)
                    .hasSizeBetween(1, 8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsDependOnlyOnTheBytesGiven(Kind kind) {
        Chunker chunker = kind.create(ChunkSizes.TREE);
        for (long seed = 0; seed < 40; seed++) {
            byte[] data = random(seed, 100_000);
            List<Integer> alone = cuts(chunker, data);
            int shift = new Random(seed).nextInt(200);
            byte[] framed = random(seed + 1, data.length + 500);
            System.arraycopy(data, 0, framed, shift, data.length);
            List<Integer> within = new ArrayList<>();
            int from = shift;
            while (from < shift + data.length) {
                from = chunker.cut(framed, from, shift + data.length);
                within.add(from - shift);
            }
            assertThat(within).as("seed %d shift %d", seed, shift).isEqualTo(alone);
        }
    }

    @Test
    void theMeanOnRandomBytesIsTheAverage() {
        byte[] data = random(99, 32 << 20);
        for (ChunkSizes sizes : List.of(ChunkSizes.TREE, ChunkSizes.STREAM)) {
            double mean = (double) data.length / cuts(Chunker.of(sizes), data).size();
            assertThat(mean / sizes.averageBytes()).as("%s", sizes).isBetween(0.93, 1.07);
        }
    }

    @Test
    void aRunOfAnyByteHasNoCandidateAndIsCutAtTheGreatestLength() {
        for (int value = 0; value < 256; value++) {
            byte[] run = new byte[200_000];
            Arrays.fill(run, (byte) value);
            assertThat(CutRule.isCandidate(run, 100)).as("byte %d", value).isFalse();
            assertThat(Chunker.of(ChunkSizes.TREE).cut(run, 0, run.length)).isEqualTo(ChunkSizes.TREE.maxBytes());
        }
    }

    @Test
    void refusesARangeOutsideTheArray() {
        Chunker chunker = Chunker.of(ChunkSizes.TREE);
        assertThatThrownBy(() -> chunker.cut(new byte[10], 0, 11)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesSizesThatCannotWork() {
        assertThatThrownBy(() -> new ChunkSizes(12, 4096, 65536)).hasMessage("minBytes must be >= 64, was 12");
        assertThatThrownBy(() -> new ChunkSizes(64, 1024, 65536)).hasMessage("averageBytes must be >= 4096, was 1024");
        assertThatThrownBy(() -> new ChunkSizes(4096, 8191, 65536))
                .hasMessage("averageBytes must be >= 8192, was 8191");
        assertThatThrownBy(() -> new ChunkSizes(4096, 16384, 20000)).hasMessage("maxBytes must be >= 32768, was 20000");
        assertThatThrownBy(() -> new ChunkSizes(4096, 16384, 1 << 20))
                .hasMessage("maxBytes must be <= 524288, was 1048576");
    }

    private static Set<Fingerprint> fingerprints(byte[] data) {
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        Set<Fingerprint> found = new HashSet<>();
        int from = 0;
        for (int cut : cuts(Chunker.of(ChunkSizes.TREE), data)) {
            found.add(fingerprinter.of(data, from, cut - from));
            from = cut;
        }
        return found;
    }

    private static List<Integer> cuts(Chunker chunker, byte[] data) {
        List<Integer> cuts = new ArrayList<>();
        int from = 0;
        while (from < data.length) {
            from = chunker.cut(data, from, data.length);
            cuts.add(from);
        }
        return cuts;
    }

    /** Random bytes, text of few letters, zeros, and short periods, one after the other. */
    private static byte[] content(long seed, int length) {
        Random random = new Random(seed);
        byte[] data = new byte[length];
        int at = 0;
        while (at < length) {
            int run = Math.min(length - at, 1 + random.nextInt(60_000));
            int period = 1 + random.nextInt(16);
            int kind = random.nextInt(4);
            for (int i = at; i < at + run; i++) {
                data[i] = switch (kind) {
                    case 0 -> (byte) random.nextInt();
                    case 1 -> (byte) ('a' + random.nextInt(4));
                    case 2 -> 0;
                    default -> i - at < period ? (byte) random.nextInt() : data[i - period];
                };
            }
            at += run;
        }
        return data;
    }

    private static byte[] random(long seed, int length) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }

    private static final Integer[] GOLDEN_TREE = {
        12489, 27120, 42011, 53335, 59083, 75665, 96124, 109864, 123201, 128747, 148499, 162866, 176737, 190412, 200000
    };
    private static final Integer[] GOLDEN_STREAM = {12489, 42011, 59083, 105894, 128747, 161809, 189583, 200000};
}
