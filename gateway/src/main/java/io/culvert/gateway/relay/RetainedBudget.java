package io.culvert.gateway.relay;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What relayed connections of a gateway keep until their far ends have received it, in all.
 *
 * <p>A connection may keep as much as is left over for all (dynamic thresholds: Choudhury and Hahne, "Dynamic queue length thresholds
 * for shared-memory packet switches", 1998): n busy ones come to an equal share each, with one share left for who comes next.
 * Thread-safe.
 */
final class RetainedBudget {

    /** Three connections at 1 Gbit/s x 80 ms, or more of them at less. */
    static final long BYTES = 32 << 20;

    /** The most for one: 1 Gbit/s x 80 ms, and what is on its way back. */
    static final long MAX_BYTES = 16 << 20;

    /** What each may keep, however many there are. */
    static final long FLOOR_BYTES = 16 << 10;

    private final AtomicLong kept = new AtomicLong();
    private final long bytes;

    RetainedBudget(long bytes) {
        this.bytes = bytes;
    }

    void keep(long more) {
        kept.addAndGet(more);
    }

    void release(long fewer) {
        kept.addAndGet(-fewer);
    }

    long keptBytes() {
        return kept.get();
    }

    /** What one connection may keep now. */
    long limitBytes() {
        return Math.clamp(bytes - kept.get(), FLOOR_BYTES, MAX_BYTES);
    }
}
