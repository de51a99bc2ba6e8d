package io.culvert.dedupe.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChunkLengthsTest {

    @Test
    void hasTheseBytes() {
        assertThat(hex(ChunkLengths.of(5, 16384))).isEqualTo("0205808001");
        assertThat(hex(ChunkLengths.of(1, 127, 128, 16383, ChunkRef.MAX_LENGTH_BYTES)))
                .isEqualTo("05017f8001ff7f808020");
    }

    @Test
    void readsWhatItWrote() throws CorruptChunkException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int[] values = new int[1 + random.nextInt(random.nextBoolean() ? 4 : Segment.MAX_CHUNKS)];
            int most = Math.min(ChunkRef.MAX_LENGTH_BYTES, Segment.MAX_RAW_BYTES / values.length);
            Arrays.setAll(values, i -> 1 + random.nextInt(most));
            ChunkLengths lengths = ChunkLengths.of(values);
            ByteBuffer buffer = ByteBuffer.allocate(lengths.encodedBytes() + 3).position(2);
            lengths.encode(buffer);
            assertThat(buffer.remaining()).as("seed %d", seed).isEqualTo(1);
            buffer.position(2);
            assertThat(ChunkLengths.decode(buffer)).as("seed %d", seed).isEqualTo(lengths);
            assertThat(buffer.remaining()).as("seed %d", seed).isEqualTo(1);
        }
    }

    @Test
    void refusesWhatBreaksABound() {
        assertRefused("00", "number of chunks");
        assertRefused("818001", "16385"); // chunks
        assertRefused("0100", "length of a chunk");
        assertRefused("01818020", "524289");
        assertRefused("0180808001", "more than 3 bytes");
        assertRefused("018100", "shortest form");
        assertRefused("04808020808020808020808020", "1572864"); // in all
    }

    @Test
    void refusesEveryTruncation() {
        ChunkLengths lengths = ChunkLengths.of(5, 200, 70_000, 3);
        ByteBuffer whole = ByteBuffer.allocate(lengths.encodedBytes());
        lengths.encode(whole);
        for (int size = 0; size < whole.capacity(); size++) {
            ByteBuffer part = ByteBuffer.wrap(whole.array(), 0, size);
            assertThatThrownBy(() -> ChunkLengths.decode(part))
                    .as("%d bytes", size)
                    .isInstanceOf(CorruptChunkException.class);
        }
    }

    @Test
    void takesNoMemoryForAClaimThatTheInputCannotHold() {
        assertRefused("8020010101", "bytes are left");
    }

    @Test
    void anyBytesAreRefusedOrReadBackTheSame() {
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] noise = new byte[1 + random.nextInt(12)];
            random.nextBytes(noise);
            noise[0] &= 7;
            ByteBuffer from = ByteBuffer.wrap(noise);
            try {
                ChunkLengths lengths = ChunkLengths.decode(from);
                ByteBuffer again = ByteBuffer.allocate(lengths.encodedBytes());
                lengths.encode(again);
                assertThat(again.array()).as("seed %d", seed).isEqualTo(Arrays.copyOf(noise, from.position()));
            } catch (CorruptChunkException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageContaining("segment");
            }
        }
    }

    @Test
    void refusesLengthsOutsideTheBoundsOfASegment() {
        assertThatThrownBy(ChunkLengths::of).hasMessage("count breaks a bound of a segment, was 0");
        assertThatThrownBy(() -> ChunkLengths.of(0)).hasMessage("lengthBytes breaks a bound of a segment, was 0");
        int[] four = new int[4];
        Arrays.fill(four, ChunkRef.MAX_LENGTH_BYTES);
        assertThatThrownBy(() -> ChunkLengths.of(four))
                .hasMessage("totalBytes breaks a bound of a segment, was 2097152");
    }

    private static void assertRefused(String hex, String why) {
        assertThatThrownBy(
                        () -> ChunkLengths.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex))))
                .as(hex)
                .isInstanceOf(CorruptChunkException.class)
                .hasMessageContaining(why);
    }

    private static String hex(ChunkLengths lengths) {
        ByteBuffer buffer = ByteBuffer.allocate(lengths.encodedBytes());
        lengths.encode(buffer);
        return HexFormat.of().formatHex(buffer.array());
    }
}
