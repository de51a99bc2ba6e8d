package io.culvert.gateway.replicate;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of a gateway may hold in memory together, however many jobs a schedule starts in the same minute.
 *
 * <p>{@link #MAX_ATTEMPTS} of them run at a time, in the order they came. Each always has {@link BlockPool#OWN_BLOCKS} blocks; all
 * others come from one store, so that a job alone reads far ahead and many read a little. Thread-safe.
 */
final class AttemptMemory {

    /** Attempts that run at a time: each has an encoder and its own blocks, 5 MiB, beside what is shared. */
    static final int MAX_ATTEMPTS = 8;

    private final Semaphore places = new Semaphore(MAX_ATTEMPTS, true);
    private final int most;
    private final AtomicInteger shared;

    /** @param most blocks that one attempt may have, if it is alone */
    AttemptMemory(int most) {
        this.most = most;
        this.shared = new AtomicInteger(most - BlockPool.OWN_BLOCKS);
    }

    /** A place for an attempt, or null if none became free in time. */
    @Nullable
    Place enter(Duration atMost) throws InterruptedException {
        return places.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS) ? new Place() : null;
    }

    private boolean takeShared() {
        return shared.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** One attempt's part; closed when the attempt is over. */
    final class Place implements AutoCloseable {

        private final BlockPool blocks = new BlockPool(most, AttemptMemory.this::takeShared);
        private boolean closed;

        BlockPool blocks() {
            return blocks;
        }

        /** Gives everything back; a second call does nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                shared.addAndGet(blocks.retire());
                places.release();
            }
        }
    }
}
