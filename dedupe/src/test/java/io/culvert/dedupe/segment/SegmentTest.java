package io.culvert.dedupe.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SegmentTest {

    private final SegmentEncoder encoder = new SegmentEncoder();
    private final SegmentVerifier verifier = new SegmentVerifier();

    @AfterEach
    void close() {
        encoder.close();
        verifier.close();
    }

    @Test
    void unpacksWhatWasPacked() throws CorruptChunkException {
        for (long seed = 0; seed < 100; seed++) {
            List<Slice> chunks = chunks(seed, 1 + new Random(seed).nextInt(60), 20_000);
            Segment segment = pack(chunks);
            VerifiedSegment verified = verifier.verify(segment, fingerprints(chunks));
            assertThat(verified.segment()).isSameAs(segment);
            assertThat(verified.chunks()).hasSameSizeAs(chunks);
            for (int i = 0; i < chunks.size(); i++) {
                assertThat(verified.chunk(i)).as("seed %d chunk %d", seed, i).isEqualTo(chunks.get(i));
                assertThat(verified.chunks().get(i).lengthBytes())
                        .isEqualTo(chunks.get(i).length());
            }
            assertThat(verified.raw().length()).isEqualTo(segment.lengths().totalBytes());
        }
    }

    @Test
    void textShrinksAndNoiseStaysRaw() {
        assertThat(pack(List.of(Slice.of(text(1, 100_000)))).codec()).isEqualTo(Codec.ZSTD);
        Segment noise = pack(List.of(Slice.of(noise(1, 100_000))));
        assertThat(noise.codec()).isEqualTo(Codec.RAW);
        assertThat(noise.payload().length()).isEqualTo(100_000);
    }

    @Test
    void isFullFromTheTargetOnAndNeverBeyondTheGreatestSize() {
        Slice longest = Slice.of(new byte[ChunkRef.MAX_LENGTH_BYTES]);
        assertThat(encoder.add(Slice.of(new byte[ChunkRef.MAX_LENGTH_BYTES - 1])))
                .isTrue();
        assertThat(encoder.add(longest)).isTrue();
        assertThat(encoder.add(longest)).isTrue();
        assertThat(encoder.add(Slice.of(new byte[1]))).isFalse();
        assertThat(encoder.rawBytes()).isEqualTo(Segment.MAX_RAW_BYTES - 1);
        assertThat(encoder.finish().lengths().count()).isEqualTo(3);
        assertThat(encoder.isEmpty()).isTrue();
        assertThat(encoder.rawBytes()).isZero();
    }

    @Test
    void isFullAtTheGreatestNumberOfChunks() {
        Slice tiny = Slice.of(new byte[1]);
        for (int i = 0; i < Segment.MAX_CHUNKS; i++) {
            assertThat(encoder.add(tiny)).isTrue();
        }
        assertThat(encoder.add(tiny)).isFalse();
    }

    @Test
    void aFinishedSegmentIsNotTouchedByTheNext() throws CorruptChunkException {
        List<Slice> first = List.of(Slice.of(text(1, 50_000)));
        List<Slice> second = List.of(Slice.of(noise(2, 50_000)));
        Segment one = pack(first);
        Segment two = pack(second);
        pack(List.of(Slice.of(text(3, 50_000))));
        assertThat(verifier.verify(one, fingerprints(first)).chunk(0)).isEqualTo(first.getFirst());
        assertThat(verifier.verify(two, fingerprints(second)).chunk(0)).isEqualTo(second.getFirst());
    }

    @Test
    void aLocalEncoderProvesItsOwnSegment() throws CorruptChunkException {
        List<Slice> chunks = chunks(5, 30, 9_000);
        chunks.forEach(encoder::add);
        VerifiedSegment local = encoder.finishVerified(Fingerprinter.fastest());
        assertThat(local.chunks().stream().map(ChunkRef::fingerprint)).isEqualTo(fingerprints(chunks));
        assertThat(local.chunk(7)).isEqualTo(chunks.get(7));
        assertThat(verifier.verify(local.segment(), fingerprints(chunks)).raw()).isEqualTo(local.raw());
    }

    @Test
    void aFlippedBitIsFoundOrChangesNothing() throws CorruptChunkException {
        List<Slice> chunks = List.of(Slice.of(text(8, 700)), Slice.of(text(9, 900)), Slice.of(text(10, 800)));
        List<Fingerprint> expected = fingerprints(chunks);
        Segment segment = pack(chunks);
        assertThat(segment.codec()).isEqualTo(Codec.ZSTD);
        int bits = segment.payload().length() * 8;
        int harmless = 0;
        for (int bit = 0; bit < bits; bit++) {
            Segment damaged = flip(segment, bit);
            try {
                VerifiedSegment verified = verifier.verify(damaged, expected);
                assertThat(verified.chunk(0)).as("bit %d", bit).isEqualTo(chunks.get(0));
                assertThat(verified.chunk(2)).as("bit %d", bit).isEqualTo(chunks.get(2));
                harmless++;
            } catch (CorruptChunkException found) {
                assertThat(found.getMessage()).as("bit %d", bit).containsAnyOf(hexes(expected));
            }
        }
        assertThat(harmless).as("flips that zstd ignores, of %d", bits).isLessThan(bits / 50);
    }

    @Test
    void everyFlippedBitOfARawSegmentIsFoundAndItsChunkNamed() {
        List<Slice> chunks = List.of(Slice.of(noise(8, 100)), Slice.of(noise(9, 90)));
        List<Fingerprint> expected = fingerprints(chunks);
        Segment segment = pack(chunks);
        assertThat(segment.codec()).isEqualTo(Codec.RAW);
        for (int bit = 0; bit < 190 * 8; bit++) {
            Segment damaged = flip(segment, bit);
            assertThatThrownBy(() -> verifier.verify(damaged, expected))
                    .isInstanceOf(CorruptChunkException.class)
                    .hasMessageContaining(
                            "chunk " + expected.get(bit < 800 ? 0 : 1).hex())
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void refusesABombOfOneGibibyteByName() {
        byte[] bomb = zeros(1 << 30);
        assertThat(bomb.length).isLessThan(40_000);
        Fingerprint claimed = fingerprint(new byte[100]);
        Segment segment = new Segment(Codec.ZSTD, ChunkLengths.of(100), Slice.of(bomb));
        assertThatThrownBy(() -> verifier.verify(segment, List.of(claimed)))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessage("the segment that begins with chunk " + claimed.hex()
                        + " declares 1073741824 bytes where its chunks have 100");
    }

    @Test
    void refusesABombThatLiesAboutItsSize() {
        byte[] frame = Zstd.compress(new byte[200_000], 1);
        Fingerprint claimed = fingerprint(new byte[300]);
        byte[] lying = frame.clone();
        int field = 5; // the content size follows the magic number and the descriptor in a single-segment frame
        assertThat(lying[4] & 0xE0).as("single segment, four bytes of size").isEqualTo(0xA0);
        lying[field] = (byte) 300;
        lying[field + 1] = 1;
        lying[field + 2] = 0;
        Segment segment = new Segment(Codec.ZSTD, ChunkLengths.of(300), Slice.of(lying));
        assertThatThrownBy(() -> verifier.verify(segment, List.of(claimed)))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining(claimed.hex());
    }

    @Test
    void refusesBytesAfterTheFrame() {
        byte[] data = text(1, 5000);
        byte[] frame = Zstd.compress(data, 1);
        byte[] longer = Arrays.copyOf(frame, frame.length + 1);
        Segment segment = new Segment(Codec.ZSTD, ChunkLengths.of(5000), Slice.of(longer));
        assertThatThrownBy(() -> verifier.verify(segment, List.of(fingerprint(data))))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining("is a frame of " + frame.length + " bytes in " + longer.length);
    }

    @Test
    void refusesAWrongNumberOrSizeOfChunks() {
        byte[] data = noise(1, 500);
        Segment segment = new Segment(Codec.RAW, ChunkLengths.of(500), Slice.of(data));
        assertThatThrownBy(() -> verifier.verify(segment, List.of()))
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining("has 1 chunks where 0 are expected");
        Segment shorter = new Segment(Codec.RAW, ChunkLengths.of(400), Slice.of(data));
        assertThatThrownBy(() -> verifier.verify(shorter, List.of(fingerprint(data))))
                .hasMessageContaining("declares 500 bytes where its chunks have 400");
    }

    @Test
    void refusesAnythingThatIsNoFrame() {
        for (long seed = 0; seed < 2000; seed++) {
            byte[] noise = noise(seed, new Random(seed).nextInt(200));
            Segment segment = new Segment(Codec.ZSTD, ChunkLengths.of(1000), Slice.of(noise));
            assertThatThrownBy(() -> verifier.verify(segment, List.of(fingerprint(noise))))
                    .as("seed %d", seed)
                    .isInstanceOf(CorruptChunkException.class);
        }
    }

    @Test
    void lyingFingerprintsAreRefused() {
        byte[] data = text(3, 3000);
        Segment segment = pack(List.of(Slice.of(data)));
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            Fingerprint lie =
                    new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
            assertThatThrownBy(() -> verifier.verify(segment, List.of(lie))).isInstanceOf(CorruptChunkException.class);
        }
    }

    @Test
    void refusesMisuse() {
        assertThatThrownBy(encoder::finish).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoder.add(Slice.empty())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentEncoder(0)).hasMessage("level must be within 1..19, was 0");
        assertThatThrownBy(() -> Codec.ofId(9)).isInstanceOf(CorruptChunkException.class);
        encoder.close();
        verifier.close();
    }

    /** One frame that unpacks to so many zeros, made piece by piece. */
    private static byte[] zeros(long size) {
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        ByteBuffer frame = ByteBuffer.allocateDirect(1 << 20);
        try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
            zstd.setPledgedSrcSize(size);
            for (long left = size; left > 0; left -= piece.capacity()) {
                EndDirective end = left > piece.capacity() ? EndDirective.CONTINUE : EndDirective.END;
                assertThat(zstd.compressDirectByteBufferStream(frame, piece.clear(), end))
                        .isTrue();
            }
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    private Segment pack(List<Slice> chunks) {
        for (Slice chunk : chunks) {
            assertThat(encoder.add(chunk)).isTrue();
        }
        return encoder.finish();
    }

    private static Segment flip(Segment segment, int bit) {
        byte[] payload = segment.payload().toArray();
        payload[bit / 8] ^= (byte) (1 << bit % 8);
        return new Segment(segment.codec(), segment.lengths(), Slice.of(payload));
    }

    private static List<Slice> chunks(long seed, int count, int longest) {
        Random random = new Random(seed);
        List<Slice> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(longest);
            chunks.add(Slice.of(random.nextInt(4) == 0 ? noise(seed + i, length) : text(seed + i, length)));
        }
        return chunks;
    }

    private static byte[] text(long seed, int length) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("line ").append(random.nextInt(1000)).append('\n');
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] noise(long seed, int length) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }

    private static List<Fingerprint> fingerprints(List<Slice> chunks) {
        return chunks.stream().map(chunk -> fingerprint(chunk.toArray())).toList();
    }

    private static Fingerprint fingerprint(byte[] data) {
        return Fingerprinter.fastest().of(data, 0, data.length);
    }

    private static String[] hexes(List<Fingerprint> fingerprints) {
        return fingerprints.stream().map(Fingerprint::hex).toArray(String[]::new);
    }
}
