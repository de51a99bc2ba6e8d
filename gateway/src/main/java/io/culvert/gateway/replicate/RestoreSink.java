package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;

/**
 * Takes a snapshot as it is read back: a manifest leaf, then the data of each extent that it names and that is no hole,
 * then the next leaf. Slices are valid during the call.
 */
public interface RestoreSink {

    void leaf(Slice leaf) throws IOException;

    void data(ChunkRef chunk, Slice data) throws IOException;

    /** Everything came. */
    void end() throws IOException;
}
