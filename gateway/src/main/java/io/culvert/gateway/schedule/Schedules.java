package io.culvert.gateway.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the jobs of datasets at the times of their schedules, each on a virtual thread of its own; two of one dataset never
 * overlap, and times that were missed count as one.
 *
 * <p>It looks at the clock at least twice a minute, so a stepped clock delays nothing for longer. Thread safe. Closing starts
 * nothing more and does not wait for jobs that run.
 */
public final class Schedules implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<String> job;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Timetable timetable = new Timetable();
    private boolean closed;

    /**
     * Starts with no schedules.
     *
     * @param job runs a dataset's job and returns at its end
     */
    public Schedules(InstantSource clock, Consumer<String> job) {
        this.clock = clock;
        this.job = job;
        Thread.ofVirtual().name("schedules").start(this::run);
    }

    /**
     * Adds a dataset or changes its schedule.
     *
     * @param since when its last job started, so that what was missed since then is made up for; now if there was none
     */
    public void put(String dataset, Schedule schedule, Instant since) {
        lock.lock();
        try {
            timetable.put(dataset, schedule, since);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a dataset out; a job of it that runs goes on. */
    public void remove(String dataset) {
        lock.lock();
        try {
            timetable.remove(dataset);
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the dataset's next job is due; empty if it has no schedule or no time is left. */
    public Optional<Instant> next(String dataset) {
        lock.lock();
        try {
            return timetable.next(dataset);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<String> due = awaitDue(); !due.isEmpty(); due = awaitDue()) {
                for (String dataset : due) {
                    Thread.ofVirtual().name("scheduled-" + dataset).start(() -> runJob(dataset));
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the schedules' own thread must not be interrupted", e);
        }
    }

    /** Waits for datasets that are due; empty when closed. */
    private List<String> awaitDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Instant now = clock.instant();
                List<String> due = timetable.takeDue(now);
                if (!due.isEmpty()) {
                    return due;
                }
                Duration wait = timetable
                        .next()
                        .map(next -> Duration.between(now, next))
                        .filter(left -> left.compareTo(MAX_WAIT) < 0)
                        .orElse(MAX_WAIT);
                changed.awaitNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), wait.toNanos()));
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private void runJob(String dataset) {
        try {
            job.accept(dataset);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("dataset", dataset).setCause(e).log("a scheduled job ended by a bug");
        } finally {
            lock.lock();
            try {
                timetable.ended(dataset);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Starts nothing more. Idempotent. */
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
