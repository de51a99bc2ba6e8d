package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one fsync serve everybody who waits for it.
 *
 * <p>A caller brings the number of the last thing that it wants durable. If nobody is forcing, it forces, outside the lock,
 * for all; otherwise it waits and looks again. A failure is told to every caller from then on until {@link #reset}: which of
 * their bytes it took cannot be known, and some may rely on another's.
 */
final class GroupCommit {

    /** Forces everything appended when it is called; answers the number of the last thing that is now durable. */
    @FunctionalInterface
    interface Force {
        long run() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private long committed;
    private boolean forcing;
    private @Nullable IOException failure;

    void await(long number, Force force) throws IOException {
        lock.lock();
        try {
            refuseIfFailed();
            while (committed < number) {
                if (forcing) {
                    done.awaitUninterruptibly();
                } else {
                    lead(force);
                }
                refuseIfFailed();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes every call fail from now on. */
    void fail(IOException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Starts anew after a failure; what was appended up to {@code number} is settled, one way or the other. */
    void reset(long number) {
        lock.lock();
        try {
            failure = null;
            committed = number;
        } finally {
            lock.unlock();
        }
    }

    void refuseIfFailed() throws IOException {
        lock.lock();
        try {
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lead(Force force) {
        forcing = true;
        long reached = committed;
        IOException failed = null;
        lock.unlock();
        try {
            reached = force.run();
        } catch (IOException e) {
            failed = e;
        } finally {
            lock.lock();
            forcing = false;
            committed = Math.max(committed, reached);
            if (failed != null && failure == null) {
                failure = failed;
            }
            done.signalAll();
        }
    }
}
