package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;

/** A chunk offered to a target, and where its bytes are should the target lack it. */
sealed interface ChunkOffer {

    ChunkRef ref();

    /** The bytes; valid until {@link #letGo()}. */
    Slice bytes() throws IOException;

    /** The target has the chunk, or its bytes were taken. */
    void letGo();

    /** Bytes in memory that were read just now. */
    record Fresh(ChunkRef ref, Slice bytes, BlockPool.Block block) implements ChunkOffer {
        @Override
        public void letGo() {
            block.letGo();
        }
    }

    /** Bytes in memory that belong to the offer alone: a node of the manifest. */
    record Owned(ChunkRef ref, Slice bytes) implements ChunkOffer {
        @Override
        public void letGo() {}
    }

    /** Bytes that are read only if the target lacks them: those of a file that did not change. */
    record Known(ChunkRef ref, Reread from) implements ChunkOffer {
        @Override
        public Slice bytes() throws IOException {
            return from.read(ref);
        }

        @Override
        public void letGo() {}
    }

    /** Reads a chunk once more where it was found before. */
    @FunctionalInterface
    interface Reread {
        /**
         * The bytes.
         *
         * @throws MovingSourceException if they are not what the fingerprint says
         */
        Slice read(ChunkRef ref) throws IOException;
    }
}
