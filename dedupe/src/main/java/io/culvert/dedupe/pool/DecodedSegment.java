package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import java.util.List;

/** A segment's chunks in the clear, each hashed and found to be what its fingerprint says. */
final class DecodedSegment {

    private final List<ChunkRef> chunks;
    private final byte[] raw;
    private final int[] starts;

    DecodedSegment(List<ChunkRef> chunks, byte[] raw) {
        this.chunks = List.copyOf(chunks);
        this.raw = raw;
        this.starts = new int[chunks.size()];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + chunks.get(i - 1).lengthBytes();
        }
    }

    int rawBytes() {
        return raw.length;
    }

    ChunkRef chunk(int ordinal) {
        return chunks.get(ordinal);
    }

    int chunks() {
        return chunks.size();
    }

    Slice data(int ordinal) {
        return new Slice(raw, starts[ordinal], chunks.get(ordinal).lengthBytes());
    }
}
