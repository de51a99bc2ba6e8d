package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
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
 * @param attempt id of the attempt that stored it
 * @param chunks every chunk in it, in order: the table that a receiver verifies against
 * @param wanted the positions in {@code chunks} of those that were asked for, ascending
 */
public record StoredSegment(
        int container, int offsetBytes, int storedBytes, String attempt, List<ChunkRef> chunks, List<Integer> wanted) {

    public StoredSegment {
        chunks = List.copyOf(chunks);
        wanted = List.copyOf(wanted);
    }

    /** The segment as it came, from a record and its payload. */
    static Segment segment(StoredRecord record, byte[] payload) throws CorruptChunkException {
        int[] lengths = record.chunks().stream().mapToInt(ChunkRef::lengthBytes).toArray();
        return new Segment(Codec.ofId(record.header().codec()), ChunkLengths.of(lengths), Slice.of(payload));
    }
}
