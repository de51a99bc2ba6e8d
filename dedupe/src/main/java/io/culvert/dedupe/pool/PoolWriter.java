package io.culvert.dedupe.pool;

import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;

/**
 * The right of one session to write to a pool.
 *
 * <p>It ends for good when an fsync fails, because what the session wrote, and what others wrote that it relies on, may be
 * lost: from then on everything throws, also after the pool goes on for others. Safe for concurrent use; nothing to close.
 */
public final class PoolWriter {

    private final Pool pool;
    private final long generation;

    PoolWriter(Pool pool, long generation) {
        this.pool = pool;
        this.generation = generation;
    }

    /** Stores a segment, as {@link Pool#append} says. */
    public void append(VerifiedSegment segment, String attempt) throws IOException {
        pool.append(segment, attempt, generation);
    }

    /** Makes durable everything that was appended before the call; one fsync serves all who wait. */
    public void force() throws IOException {
        pool.force(generation);
    }
}
