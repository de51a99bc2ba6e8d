package io.culvert.gateway.stream;

import io.culvert.proto.channel.Mux;
import io.culvert.proto.channel.Outgoing;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Moves frames from the machine to the call, one thread at a time, without the lock while a frame is written.
 *
 * <p>Whoever sends pumps until its own message is out; what credit, readiness or the throttle let go later is taken over
 * by the link's writer. All methods are called with the link's lock.
 */
final class Pump {

    /** What becomes of what is pumped; called with the lock. */
    interface Result {

        boolean isLostLocked();

        void writtenLocked(Outgoing written);

        void failedLocked(String why);

        /** Whether listeners of channels are to be told of room. */
        boolean hasNewsLocked();

        /** Tells them; called without the lock. */
        void tellNews();
    }

    private static final long NO_CHANNEL = -1;

    private final ReentrantLock lock;
    private final Condition work;
    private final Condition written;
    private final Mux mux;
    private final Carrier carrier;
    private final Throttle throttle;
    private final Result result;
    private boolean writing;
    private long writingChannel = NO_CHANNEL;

    Pump(ReentrantLock lock, Mux mux, Carrier carrier, Throttle throttle, Result result) {
        this.lock = lock;
        this.work = lock.newCondition();
        this.written = lock.newCondition();
        this.mux = mux;
        this.carrier = carrier;
        this.throttle = throttle;
        this.result = result;
    }

    /** Writes what may go until this is true, unless another thread writes already. */
    void runLocked(BooleanSupplier until) {
        if (writing) {
            return;
        }
        writing = true;
        try {
            while (!result.isLostLocked() && carrier.isReady() && !until.getAsBoolean()) {
                boolean hold = throttle.waitNanos() > 0;
                Outgoing next = mux.next(throttle.maxPayloadBytes(), hold);
                if (next == null) {
                    break;
                }
                writeLocked(next);
                tellLocked();
            }
        } finally {
            writing = false;
            if (mux.hasNext() && (carrier.isReady() || result.isLostLocked())) {
                work.signal(); // until was true, or the throttle holds; else readiness is told by itself
            }
        }
    }

    private void tellLocked() {
        if (result.hasNewsLocked()) {
            lock.unlock();
            try {
                result.tellNews();
            } finally {
                lock.lock();
            }
        }
    }

    private void writeLocked(Outgoing next) {
        writingChannel = next.frame().channel();
        String failure = null;
        lock.unlock();
        try {
            carrier.send(next.frame());
        } catch (IllegalStateException e) {
            failure = "the call was closed: " + e.getMessage();
        } finally {
            lock.lock();
            writingChannel = NO_CHANNEL;
            written.signalAll();
        }
        throttle.sent(next.frame());
        if (failure == null) {
            result.writtenLocked(next);
        } else {
            result.failedLocked(failure);
        }
    }

    /** Waits until no write borrows bytes of this channel any more: a moment, not interruptible. */
    void awaitNotWritingLocked(long channel) {
        while (writingChannel == channel) {
            written.awaitUninterruptibly();
        }
    }

    /** There may be something to write, or the link is lost. */
    void wakeLocked() {
        work.signal();
    }

    /** Waits until {@link #wakeLocked}, or as long as the throttle says. Only the writer waits here. */
    void awaitWorkLocked() {
        if (result.isLostLocked()) {
            return;
        }
        long waitNanos = mux.hasNext() && !writing ? throttle.waitNanos() : 0;
        if (waitNanos <= 0) {
            work.awaitUninterruptibly();
            return;
        }
        try {
            work.awaitNanos(waitNanos);
        } catch (InterruptedException e) {
            result.failedLocked("the writer was interrupted");
        }
    }
}
