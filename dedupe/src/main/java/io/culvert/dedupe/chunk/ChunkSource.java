package io.culvert.dedupe.chunk;

import java.io.IOException;
import java.util.List;

/** Where chunks are read from by name: a pool here, or one at a peer's site. */
public interface ChunkSource {

    /**
     * Hands out the chunks in the order asked; each was hashed again and is what its fingerprint says.
     *
     * @throws CorruptChunkException if one is damaged or missing; those before it were handed out
     * @throws IOException if the source cannot be read, or from the sink
     */
    void read(List<ChunkRef> chunks, ChunkSink sink) throws IOException;

    /** Takes one chunk; {@code data} is valid only during the call. */
    @FunctionalInterface
    interface ChunkSink {
        void accept(int index, ChunkRef chunk, Slice data) throws IOException;
    }
}
