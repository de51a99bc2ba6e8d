package io.culvert.gateway;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files for others who must not wait for disks: a network file system whose server is gone holds whoever touches it in the kernel.
 *
 * <p>One thread looks at one thing after the other. What it has not come back from within {@link #PATIENCE} is out of sight, and another
 * thread goes on with the rest; it is looked at again when the first one has come back. Thread-safe.
 */
final class Lookout implements AutoCloseable {

    /** How long a look may take. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long an answer is good for. */
    private static final Duration FRESH = Duration.ofSeconds(3);

    /** What somebody asked after; guarded by the lock. */
    private static final class Sight {
        private BooleanSupplier look;
        private boolean known;
        private boolean seen;
        private boolean queued;
        private long sinceNanos;

        private Sight(BooleanSupplier look) {
            this.look = look;
        }
    }

    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Sight> sights = new HashMap<>();
    private final ArrayDeque<Sight> queue = new ArrayDeque<>();
    private @Nullable Sight current;
    private long currentSinceNanos;
    private @Nullable Thread thread;
    private boolean closed;

    Lookout(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** What was seen last; what is asked for the first time is waited for, at most {@link #PATIENCE}. */
    boolean sees(String name, BooleanSupplier look) {
        lock.lock();
        try {
            Sight sight = sights.computeIfAbsent(name, fresh -> new Sight(look));
            sight.look = look;
            boolean old = !sight.known || ticker.getAsLong() - sight.sinceNanos > FRESH.toNanos();
            if (old && !sight.queued) {
                sight.queued = true;
                queue.addLast(sight);
            }
            startLocked();
            long leftNanos = PATIENCE.toNanos();
            while (!sight.known && leftNanos > 0 && !closed) {
                leftNanos = changed.awaitNanos(leftNanos);
                startLocked();
            }
            sight.known = true; // nobody waits for it once more
            return sight.seen;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Sees to it that a thread looks which is not held up. */
    private void startLocked() {
        Sight held = current;
        if (held != null && ticker.getAsLong() - currentSinceNanos > PATIENCE.toNanos()) {
            held.known = true;
            held.seen = false;
            current = null;
            thread = null;
            changed.signalAll();
        }
        if (thread == null && !queue.isEmpty() && !closed) {
            thread = Thread.ofPlatform().daemon().name("lookout").unstarted(this::run);
            thread.start();
        }
    }

    private void run() {
        for (Sight next = take(null, false); next != null; next = take(next, next.look.getAsBoolean())) {
            // the look is in the loop's step
        }
    }

    /** Notes what a look saw, and returns what to look at next; null if there is nothing, or another thread has taken over. */
    private @Nullable Sight take(@Nullable Sight looked, boolean seen) {
        lock.lock();
        try {
            if (looked != null) {
                looked.known = true;
                looked.seen = seen;
                looked.queued = false;
                looked.sinceNanos = ticker.getAsLong();
                changed.signalAll();
            }
            if (thread != Thread.currentThread()) {
                return null;
            }
            current = closed ? null : queue.pollFirst();
            currentSinceNanos = ticker.getAsLong();
            if (current == null) {
                thread = null;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
