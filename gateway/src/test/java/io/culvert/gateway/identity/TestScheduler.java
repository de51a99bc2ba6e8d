package io.culvert.gateway.identity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps what is to run later until a test runs it. */
final class TestScheduler implements Scheduler {
    private record Later(Duration delay, Runnable task) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final List<Later> waiting = new ArrayList<>();

    @Override
    public void after(Duration delay, Runnable task) {
        lock.lock();
        try {
            waiting.add(new Later(delay, task));
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until something waits for exactly this long, at most 20 seconds. */
    void awaitWaiting(Duration delay) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(20);
        lock.lock();
        try {
            while (waiting.stream().noneMatch(later -> later.delay().equals(delay))) {
                if (left <= 0) {
                    throw new AssertionError("nothing waits for " + delay);
                }
                left = added.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs what waits for exactly this long; what those tasks schedule waits for the next time. */
    void runAll(Duration delay) {
        List<Later> due = new ArrayList<>();
        lock.lock();
        try {
            for (Iterator<Later> each = waiting.iterator(); each.hasNext(); ) {
                Later later = each.next();
                if (later.delay().equals(delay)) {
                    due.add(later);
                    each.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        due.forEach(later -> later.task().run());
    }
}
