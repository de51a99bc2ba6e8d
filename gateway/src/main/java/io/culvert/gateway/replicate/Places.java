package io.culvert.gateway.replicate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Places for so many at a time, given in the order in which they were asked for. Who asks holds a {@link Turn}, and may look
 * up from waiting without losing it. Thread-safe.
 */
final class Places {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int free;

    Places(int most) {
        this.free = most;
    }

    /** Joins the queue. */
    Turn turn() {
        Turn turn = new Turn();
        lock.lock();
        try {
            waiting.add(turn);
        } finally {
            lock.unlock();
        }
        return turn;
    }

    /** One who waits for a place and then holds it, until it is closed. */
    final class Turn implements AutoCloseable {

        private boolean holds;
        private boolean closed;

        private Turn() {}

        /** Waits for so long at most; whether the place is there, now or since an earlier call. */
        boolean await(Duration atMost) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long nanos = atMost.toNanos();
                while (!holds && !isNext() && nanos > 0) {
                    nanos = changed.awaitNanos(nanos);
                }
                if (!holds && isNext()) {
                    holds = true;
                    free--;
                    waiting.remove(this);
                    changed.signalAll();
                }
                return holds;
            } finally {
                lock.unlock();
            }
        }

        private boolean isNext() {
            return free > 0 && waiting.peek() == this;
        }

        /** Leaves the place, or the queue; a second call does nothing. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    free += holds ? 1 : 0;
                    waiting.remove(this);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
