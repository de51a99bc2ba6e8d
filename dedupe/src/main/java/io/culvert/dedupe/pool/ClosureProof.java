package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;

/**
 * Evidence that every chunk below a manifest's root was found in the pool; only {@link Pool#proveClosure} makes one.
 *
 * <p>It holds as long as the pool has withdrawn nothing since: a chunk that was found and then lost (a failed fsync, damage
 * that came to light) voids it.
 */
public final class ClosureProof {

    private final ChunkRef root;
    private final long withdrawals;

    ClosureProof(ChunkRef root, long withdrawals) {
        this.root = root;
        this.withdrawals = withdrawals;
    }

    /** The root from which the walk began. */
    public ChunkRef root() {
        return root;
    }

    long withdrawals() {
        return withdrawals;
    }

    /** Walks from a root and throws unless everything below it is in the pool. */
    @FunctionalInterface
    public interface Walk {
        void from(ChunkRef root) throws IOException;
    }
}
