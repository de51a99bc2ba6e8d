package io.culvert.gateway;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at something again and again, on a thread of its own, until it is closed. A look that fails by a bug is logged, and the next one comes all the
 * same: who looks after others is not to be gone without a word.
 */
final class NowAndThen implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NowAndThen.class);

    private final Duration pause;
    private final Duration last;
    private final Look look;
    private final Thread thread;

    /** One look. */
    interface Look {
        void look() throws InterruptedException;
    }

    /**
     * Begins with {@link #start}.
     *
     * @param thread with its name, which the log has
     * @param pause from the end of a look to the next one
     * @param last how long {@link #close} waits for the look at hand; zero: not at all
     */
    NowAndThen(Thread.Builder thread, Duration pause, Duration last, Look look) {
        this.pause = pause;
        this.last = last;
        this.look = look;
        this.thread = thread.unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                lookSafely();
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookSafely() throws InterruptedException {
        try {
            look.look();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a bug: {} leaves out one look", thread.getName());
        }
    }

    /** Whether it looks still, or may. */
    boolean isAlive() {
        return thread.isAlive();
    }

    /** Interrupts the look at hand, and waits for its end as long as was said. */
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
