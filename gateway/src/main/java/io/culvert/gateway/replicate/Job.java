package io.culvert.gateway.replicate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a dataset to one target, as people see it.
 *
 * <pre>
 * QUEUED  -> WAITING | SCANNING | FAILED | CANCELLED
 * WAITING -> SCANNING | FAILED | CANCELLED
 * SCANNING -> COMMITTING | WAITING (resumes) | FAILED | CANCELLED
 * COMMITTING -> DONE | WAITING | FAILED | CANCELLED
 * </pre>
 *
 * Thread-safe; the state has one lock, and the counters none.
 */
public final class Job {

    /** Where a job stands. */
    public enum State {
        QUEUED,
        WAITING,
        SCANNING,
        COMMITTING,
        DONE,
        FAILED,
        CANCELLED;

        /** Whether the job has ended. */
        public boolean isEnd() {
            return this == DONE || this == FAILED || this == CANCELLED;
        }
    }

    /** What decides the exit code when a job failed. */
    public enum Failure {
        FAILED,
        REFUSED
    }

    /** A job at one moment; {@code sentence} says why it waits or failed, {@code read} when the snapshot's source was read, {@code current} the entry at hand. */
    public record View(
            String id,
            String kind,
            JobLedger.JobKey key,
            State state,
            String sentence,
            Optional<Failure> failure,
            String attempt,
            int tries,
            Optional<String> fence,
            Optional<String> snapshot,
            Optional<Instant> read,
            Instant created,
            Optional<Instant> started,
            Optional<Instant> ended,
            Progress.View progress,
            Optional<String> current,
            Optional<Totals> totals,
            long wireBytesOut,
            long wireBytesIn,
            double bytesPerSecond,
            double wireBytesPerSecond) {}

    /** What the whole will be: counted, or what it was the last time. */
    public record Totals(long entries, long bytes, boolean exact) {}

    private final String id;
    private final String kind;
    private final JobLedger.JobKey key;
    private final Instant created;
    private final Progress progress = new Progress();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.QUEUED;
    private String sentence = "";
    private @Nullable Failure failure;
    private String attempt = "";
    private int tries;
    private @Nullable String fence;
    private @Nullable String snapshot;
    private @Nullable Instant read;
    private @Nullable Instant started;
    private @Nullable Instant ended;
    private boolean cancelled;
    private boolean wake;
    private long wireBytesOut;
    private long wireBytesIn;
    private long attemptOut;
    private long attemptIn;
    private @Nullable Totals totals;
    private final Rate sourceRate = new Rate();
    private final Rate wireRate = new Rate();

    Job(String id, String kind, JobLedger.JobKey key, Instant created) {
        this.id = id;
        this.kind = kind;
        this.key = key;
        this.created = created;
    }

    /** One that ended before this gateway started, or at another one. */
    static Job of(View ended) {
        Job job = new Job(ended.id(), ended.kind(), ended.key(), ended.created());
        job.takeOver(ended);
        return job;
    }

    /** One that is under way at another gateway of the site, as far as it is known here. */
    static Job elsewhere(JobLedger.JobNote note) {
        Job job = new Job(note.run(), "replicate", note.key(), note.created());
        job.attempt(note.attempt(), note.created());
        job.waiting("it is with another gateway of this site, which shows how far it is");
        return job;
    }

    private void takeOver(View ended) {
        progress.add(ended.progress());
        lock.lock();
        try {
            state = ended.state();
            sentence = ended.sentence();
            failure = ended.failure().orElse(null);
            attempt = ended.attempt();
            tries = ended.tries();
            fence = ended.fence().orElse(null);
            snapshot = ended.snapshot().orElse(null);
            read = ended.read().orElse(null);
            started = ended.started().orElse(null);
            this.ended = ended.ended().orElse(null);
            totals = ended.totals().orElse(null);
            wireBytesOut = ended.wireBytesOut();
            wireBytesIn = ended.wireBytesIn();
        } finally {
            lock.unlock();
        }
    }

    public String id() {
        return id;
    }

    public JobLedger.JobKey key() {
        return key;
    }

    Progress progress() {
        return progress;
    }

    public View view() {
        lock.lock();
        try {
            return new View(
                    id,
                    kind,
                    key,
                    state,
                    sentence,
                    Optional.ofNullable(failure),
                    attempt,
                    tries,
                    Optional.ofNullable(fence),
                    Optional.ofNullable(snapshot),
                    Optional.ofNullable(read),
                    created,
                    Optional.ofNullable(started),
                    Optional.ofNullable(ended),
                    progress.view(),
                    progress.current(),
                    Optional.ofNullable(totals),
                    wireBytesOut + attemptOut,
                    wireBytesIn + attemptIn,
                    sourceRate.perSecond(),
                    wireRate.perSecond());
        } finally {
            lock.unlock();
        }
    }

    JobLedger.JobNote note() {
        View now = view();
        return new JobLedger.JobNote(
                key, id, now.attempt(), now.state(), now.sentence(), replica(now), created, now.progress());
    }

    /** What the job completed. */
    Optional<JobLedger.Replica> replica() {
        return replica(view());
    }

    private static Optional<JobLedger.Replica> replica(View now) {
        return now.snapshot().flatMap(id -> now.read().map(at -> new JobLedger.Replica(id, at)));
    }

    void owned(String by) {
        lock.lock();
        try {
            fence = by;
        } finally {
            lock.unlock();
        }
    }

    void attempt(String name, Instant now) {
        lock.lock();
        try {
            attempt = name;
            tries++;
            state = State.SCANNING;
            sentence = "";
            if (started == null) {
                started = now;
            }
            progress.startAgain();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void committing() {
        enter(State.COMMITTING, "");
    }

    void waiting(String why) {
        enter(State.WAITING, why);
    }

    private void enter(State next, String why) {
        lock.lock();
        try {
            if (!state.isEnd()) {
                state = next;
                sentence = why;
                progress.atNothing();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The snapshot of a source that was read then is visible. */
    void done(String snapshotId, Instant sourceRead, Instant now) {
        lock.lock();
        try {
            if (!state.isEnd()) {
                snapshot = snapshotId;
                read = sourceRead;
                end(State.DONE, "", null, now);
            }
        } finally {
            lock.unlock();
        }
    }

    void failed(Failure how, String why, Instant now) {
        end(State.FAILED, why, how, now);
    }

    void ended(State how, Instant now) {
        end(how, "", null, now);
    }

    private void end(State how, String why, @Nullable Failure kindOf, Instant now) {
        lock.lock();
        try {
            if (!state.isEnd()) {
                state = how;
                sentence = why;
                failure = kindOf;
                progress.atNothing();
                ended = now;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the whole will be. */
    void totals(Totals expected) {
        lock.lock();
        try {
            totals = expected;
        } finally {
            lock.unlock();
        }
    }

    /** Notes what the TCP connection has carried in this attempt, now and then. */
    void sample(long nanos, long out, long in) {
        lock.lock();
        try {
            attemptOut = out;
            attemptIn = in;
            sourceRate.add(nanos, progress.view().sourceBytes());
            wireRate.add(nanos, wireBytesOut + wireBytesIn + out + in);
        } finally {
            lock.unlock();
        }
    }

    /** The attempt ended: what it carried stays counted. */
    void attemptEnded(long out, long in) {
        lock.lock();
        try {
            wireBytesOut += out;
            wireBytesIn += in;
            attemptOut = 0;
            attemptIn = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the job to end. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    /** Something the job may be waiting for has come. */
    void wake() {
        lock.lock();
        try {
            wake = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Pauses before the next try: until time is up, the job is woken, or cancelled. */
    void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !wake && !cancelled) {
                left = changed.awaitNanos(left);
            }
            wake = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the job has ended. */
    public void await() throws InterruptedException {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    /** Waits until the job has ended, for at most this long. */
    public void await(Duration longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = longest.toNanos();
            while (!state.isEnd() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
