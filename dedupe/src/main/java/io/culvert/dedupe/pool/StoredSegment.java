package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.segment.ChunkLengths;
import io.culvert.dedupe.segment.Codec;
import io.culvert.dedupe.segment.Segment;
import java.util.List;

/**
 * A segment in a container that holds chunks that were asked for; {@link Pool#load} reads its payload.
 *
 * @param container number of the container
 * @param offsetBytes where its record begins
 * @param storedBytes bytes of the payload
 * @param chunks every chunk in it, in order: the table that a receiver verifies against
 * @param wanted the positions in {@code chunks} of those that were asked for, ascending
 */
public record StoredSegment(
        int container, int offsetBytes, int storedBytes, List<ChunkRef> chunks, List<Integer> wanted) {

    private static final int CODEC_RAW = 0;
    private static final int CODEC_ZSTD = 1;

    public StoredSegment {
        chunks = List.copyOf(chunks);
        wanted = List.copyOf(wanted);
    }

    /** The segment as it came, from a record and its payload. */
    static Segment segment(StoredRecord record, byte[] payload) {
        int[] lengths = record.chunks().stream().mapToInt(ChunkRef::lengthBytes).toArray();
        Codec codec = record.header().codec() == CODEC_ZSTD ? Codec.ZSTD : Codec.RAW;
        return new Segment(codec, ChunkLengths.of(lengths), Slice.of(payload));
    }

    /** The number of a codec in a record's header. */
    static int number(Codec codec) {
        return switch (codec) {
            case RAW -> CODEC_RAW;
            case ZSTD -> CODEC_ZSTD;
        };
    }
}
