package io.culvert.gateway.log;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How many lines of one kind go to the log, so that who tries again and again does not fill it: {@link #MOST} in a {@link #WINDOW};
 * of the others it is told how many they were. Thread-safe.
 */
public final class LogLimit {

    public static final int MOST = 10;
    public static final Duration WINDOW = Duration.ofMinutes(1);

    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private long beganNanos;
    private int told;
    private long leftOut;
    private long leftOutBefore;

    /** @param ticker nanoseconds */
    public LogLimit(LongSupplier ticker) {
        this.ticker = ticker;
        this.beganNanos = ticker.getAsLong();
    }

    /** Whether a line may go to the log now; if not, it is counted. */
    public boolean admits() {
        lock.lock();
        try {
            turnLocked();
            if (told < MOST) {
                told++;
                return true;
            }
            leftOut++;
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How many lines were left out in windows that are over, since this was asked last. */
    public long takeLeftOut() {
        lock.lock();
        try {
            turnLocked();
            long taken = leftOutBefore;
            leftOutBefore = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void turnLocked() {
        long now = ticker.getAsLong();
        if (now - beganNanos >= WINDOW.toNanos()) {
            beganNanos = now;
            told = 0;
            leftOutBefore += leftOut;
            leftOut = 0;
        }
    }
}
