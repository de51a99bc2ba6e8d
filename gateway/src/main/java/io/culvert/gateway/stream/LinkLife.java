package io.culvert.gateway.stream;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far a {@link Link} has come: whether it came up, whether it is being closed, and whether and why it was lost.
 *
 * <pre>
 *   greeting ──→ up ──→ closing ──→ lost
 *      │         └────────────────────↑
 *      ├──────────────────→ closing ──┤
 *      └──────────────────────────────┘
 * </pre>
 *
 * <p>It is lost once and stays so; why it was closed then counts before how it ended. Guarded by the link's lock:
 * methods that end in {@code Locked} are called with it, the others by any thread. Calls nothing, so that it stands
 * last in the lock order.
 */
final class LinkLife {

    private final ReentrantLock lock;
    private final Condition over;
    private final long startedNanos;
    private boolean saidGoodbye;
    private @Nullable String closing;
    private long closingNanos;
    private volatile @Nullable String lost;
    private volatile boolean wasUp;

    LinkLife(ReentrantLock lock, long startedNanos) {
        this.lock = lock;
        this.over = lock.newCondition();
        this.startedNanos = startedNanos;
    }

    long startedNanos() {
        return startedNanos;
    }

    void upLocked() {
        wasUp = true;
    }

    /** Whether it is up or was so before it was lost. */
    boolean wasUp() {
        return wasUp;
    }

    /** Its goodbye is queued. A second reason replaces the first. */
    void closingLocked(String why, long nowNanos) {
        closing = why;
        closingNanos = nowNanos;
    }

    boolean isEndingLocked() {
        return closing != null || lost != null;
    }

    /** Its goodbye is with the transport, which is to flush it before it closes. */
    void saidGoodbyeLocked() {
        saidGoodbye = true;
    }

    boolean hasSaidGoodbyeLocked() {
        return saidGoodbye;
    }

    /** Whether its goodbye has been waiting for longer than it may. */
    boolean lingers(long nowNanos) {
        lock.lock();
        try {
            return closing != null && nowNanos - closingNanos > Transport.LINGER.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Makes it lost and wakes those who await that; false if it was lost before. */
    boolean loseLocked(String why) {
        if (lost != null) {
            return false;
        }
        lost = closing != null ? closing : why;
        over.signalAll();
        return true;
    }

    boolean isLost() {
        return lost != null;
    }

    /** Why it was lost, null as long as it is not. */
    @Nullable
    String lostWhy() {
        return lost;
    }

    /** Waits for this long at most; whether the link was lost. */
    boolean awaitLost(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (lost == null && left > 0) {
                left = over.awaitNanos(left);
            }
            return lost != null;
        } finally {
            lock.unlock();
        }
    }
}
