package io.culvert.gateway.replicate;

import java.io.IOException;
import java.util.List;

/** Takes the leaves of a snapshot that is read back, some at a time, in order. */
interface LeafBatches {

    /** Takes the next leaves, at least one; they may be kept. */
    void batch(List<RestoreLeaf> leaves) throws IOException;

    /** Every leaf came. */
    void end() throws IOException;
}
