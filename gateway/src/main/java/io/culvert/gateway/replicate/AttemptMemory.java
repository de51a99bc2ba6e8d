package io.culvert.gateway.replicate;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the attempts of a gateway may hold in memory together, however many jobs a schedule starts in the same minute.
 *
 * <p>{@link #MAX_JOBS} jobs and {@link #MAX_INGESTS} ingests run at a time, in the order they came; they do not wait for each
 * other, because whoever writes a dump into the gateway waits with it. {@link #SPARE_JOBS} more jobs run if they are the only one
 * to their peer. Each attempt always has {@link BlockPool#OWN_BLOCKS}
 * blocks; all others come from one store, so that an attempt alone reads far ahead and many read a little. Thread-safe.
 */
final class AttemptMemory {

    /** Jobs that run at a time: each has an encoder and its own blocks, 5 MiB, beside what is shared. */
    static final int MAX_JOBS = 6;

    /** Jobs beyond them, each to a peer that has none: a peer with a slow line does not hold up the others. */
    static final int SPARE_JOBS = 3;

    /** Ingests and moves that run at a time, of the same size. */
    static final int MAX_INGESTS = 3;

    private final Places jobs = new Places(MAX_JOBS, SPARE_JOBS);
    private final Places ingests = new Places(MAX_INGESTS);
    private final int most;
    private final AtomicInteger shared;

    /** @param most blocks that one attempt may have, if it is alone */
    AttemptMemory(int most) {
        this.most = most;
        this.shared = new AtomicInteger(most - BlockPool.OWN_BLOCKS);
    }

    /** Queues a job to this peer; its attempt is to run when {@link Places.Turn#await} says so. */
    Places.Turn job(String peer) {
        return jobs.turn(peer);
    }

    /** Queues an ingest or a move. */
    Places.Turn ingest() {
        return ingests.turn("");
    }

    /** The blocks of an attempt whose turn has come; to be closed before its turn is. */
    Blocks blocks() {
        return new Blocks();
    }

    private boolean takeShared() {
        return shared.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** One attempt's part of the memory. */
    final class Blocks implements AutoCloseable {

        private final BlockPool pool = new BlockPool(most, AttemptMemory.this::takeShared);
        private boolean closed;

        BlockPool pool() {
            return pool;
        }

        /** Gives back what was shared; a second call does nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                shared.addAndGet(pool.retire());
            }
        }
    }
}
