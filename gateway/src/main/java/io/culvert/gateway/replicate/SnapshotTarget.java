package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * Where a snapshot is written to: a pool at a peer, or one here.
 *
 * <p>Used by one thread, the one that reads the source. Offers may block until the target keeps up. After an exception
 * the attempt is over; what the target made durable stays and is not sent again by the next attempt.
 */
interface SnapshotTarget extends AutoCloseable {

    /** A buffer to read into, held once by the caller; waits for one if need be. */
    BlockPool.Block block() throws IOException, InterruptedException;

    /** Offers one chunk; the target lets go of it when it has its bytes or does not need them. */
    void offer(ChunkOffer chunk) throws IOException, InterruptedException;

    /**
     * Offers a manifest leaf whose every entry is as it was: if the target knows the leaf from a complete snapshot, the
     * chunks that it names need not be asked for.
     */
    void offerUnchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named)
            throws IOException, InterruptedException;

    /** Waits until all that was offered is durable, and makes the snapshot visible. Returns its id. */
    String commit(ManifestRoot root, Instant created, String label) throws IOException, InterruptedException;

    /** Ends the attempt if it was not committed. */
    @Override
    void close();
}
