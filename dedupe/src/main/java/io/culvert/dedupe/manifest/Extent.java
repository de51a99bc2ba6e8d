package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;

/** A stretch of a file: a chunk of data, or a hole that reads as zeros. */
public sealed interface Extent {

    long lengthBytes();

    /** Data that is stored as one chunk. */
    record Data(ChunkRef chunk) implements Extent {
        @Override
        public long lengthBytes() {
            return chunk.lengthBytes();
        }
    }

    /** Zeros that are not stored. */
    record Hole(long lengthBytes) implements Extent {
        public Hole {
            if (lengthBytes < 1) {
                throw new IllegalArgumentException("lengthBytes must be >= 1, was " + lengthBytes);
            }
        }
    }
}
