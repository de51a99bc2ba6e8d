package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one fsync serve everybody who waits for it.
 *
 * <p>A caller brings the number of the last thing that it wants durable. If nobody is forcing, it forces, outside the lock,
 * for all; otherwise it waits and looks again. A failure is told to every caller from then on until {@link #reset}: which of
 * their bytes it took cannot be known, and some may rely on another's. A reset begins a new generation; whoever brings a
 * number of an earlier one is refused for ever, so that nobody takes for durable what an earlier failure lost.
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
    private long generation;
    private boolean forcing;
    private @Nullable IOException failure;

    /** @throws IOException if a force of this generation failed, now or earlier */
    void await(long ofGeneration, long number, Force force) throws IOException {
        lock.lock();
        try {
            refuseUnless(ofGeneration);
            while (committed < number) {
                if (forcing) {
                    done.awaitUninterruptibly();
                } else {
                    lead(force);
                }
                refuseUnless(ofGeneration);
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
            generation++;
        } finally {
            lock.unlock();
        }
    }

    /** Counts the resets. */
    long generation() {
        lock.lock();
        try {
            return generation;
        } finally {
            lock.unlock();
        }
    }

    Optional<String> failure() {
        lock.lock();
        try {
            return Optional.ofNullable(failure).map(IOException::getMessage);
        } finally {
            lock.unlock();
        }
    }

    void refuseUnless(long wanted) throws IOException {
        lock.lock();
        try {
            refuseIfFailed();
            if (generation != wanted) {
                throw new IOException("an fsync failed since this session began, and took some of what it wrote;"
                        + " it is sent again when the session starts anew");
            }
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
