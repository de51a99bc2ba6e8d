package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Writes checkpoints behind its callers' backs, so that a job may submit one after every acknowledgement: of each job the latest
 * is written at most once a second, up to 64 jobs in a transaction, 200 a second in all. {@link #flush} is for those that
 * matter. What the store did not confirm is tried again each second until a later one or the loss of the ownership.
 *
 * <p>One virtual thread does the writing. Closing writes what is pending, once; it does not close the store.
 */
public final class CheckpointWriter implements AutoCloseable {
    /** How the last write of a job ended, if not well. */
    private record Trouble(Ownership ownership, IOException cause, long number) {}

    private final CheckpointStore store;
    private final LongSupplier nanoTicker;
    private final Thread thread;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final WriteQueue queue;
    private final Map<String, Trouble> troubles = new HashMap<>();
    private long troubleCount;
    private boolean closing;
    private boolean closed;

    public CheckpointWriter(CheckpointStore store) {
        this(store, WriteQueue.Limits.DEFAULT, System::nanoTime);
    }

    CheckpointWriter(CheckpointStore store, WriteQueue.Limits limits, LongSupplier nanoTicker) {
        this.store = store;
        this.nanoTicker = nanoTicker;
        this.queue = new WriteQueue(limits);
        this.thread = Thread.ofVirtual().name("checkpoint-writer").start(this::run);
    }

    /** Has the checkpoint written soon, unless a later one of the job comes first. Never blocks on the store. */
    public void submit(Ownership ownership, Checkpoint checkpoint) {
        var write = new CheckpointWrite(ownership, checkpoint);
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("the checkpoint writer must be open, was closed");
            }
            Trouble trouble = troubles.get(write.jobId());
            if (trouble != null && !trouble.ownership().equals(ownership)) {
                troubles.remove(write.jobId());
            } else if (trouble != null && trouble.cause() instanceof FencedException) {
                return; // its listener was told; flush tells again
            }
            queue.submit(write, nanoTicker.getAsLong());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when the job's last submitted checkpoint is durable.
     *
     * @throws FencedException if the ownership was lost
     * @throws StoreUnavailableException if the store did not confirm it; it is still pending
     */
    public void flush(String jobId) throws IOException {
        lock.lock();
        try {
            long seen = troubleCount;
            queue.urge(jobId);
            changed.signalAll();
            while (true) {
                Trouble trouble = troubles.get(jobId);
                if (trouble != null && (trouble.cause() instanceof FencedException || trouble.number() > seen)) {
                    throw trouble.cause();
                }
                if (!queue.isPending(jobId)) {
                    return;
                }
                if (closed) {
                    throw new StoreUnavailableException("the checkpoint writer was closed before it was written", null);
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is pending of a job and all memory of it; call it with {@link CheckpointStore#release}. */
    public void forget(String jobId) {
        lock.lock();
        try {
            queue.drop(jobId);
            troubles.remove(jobId);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<CheckpointWrite> batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
                settle(batch, store.writeAll(batch));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the checkpoint writer's own thread must not be interrupted", e);
        } finally {
            end();
        }
    }

    /** Waits for what is due; empty when closing and nothing is left that is worth trying. */
    private List<CheckpointWrite> nextBatch() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long nowNanos = nanoTicker.getAsLong();
                List<CheckpointWrite> due = queue.takeDue(nowNanos);
                if (!due.isEmpty()) {
                    return due;
                }
                OptionalLong waitNanos = queue.waitNanos(nowNanos);
                if (waitNanos.isPresent()) {
                    changed.awaitNanos(Math.max(1, waitNanos.getAsLong()));
                } else if (closing) {
                    closed = true;
                } else {
                    changed.await();
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settle(List<CheckpointWrite> batch, List<WriteOutcome> outcomes) {
        lock.lock();
        try {
            long nowNanos = nanoTicker.getAsLong();
            for (int i = 0; i < batch.size(); i++) {
                settle(batch.get(i), outcomes.get(i), nowNanos);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settle(CheckpointWrite write, WriteOutcome outcome, long nowNanos) {
        switch (outcome) {
            case WriteOutcome.Written written -> {
                queue.written(write.jobId(), nowNanos);
                troubles.remove(write.jobId());
            }
            case WriteOutcome.Fenced fenced -> {
                queue.drop(write.jobId());
                remember(write, fenced.cause());
            }
            case WriteOutcome.Unknown unknown -> {
                queue.retry(write, nowNanos);
                remember(write, unknown.cause());
                if (closing) {
                    closed = true; // it was tried; the receiver's bytes are the truth
                }
            }
        }
    }

    private void remember(CheckpointWrite write, IOException cause) {
        troubles.put(write.jobId(), new Trouble(write.ownership(), cause, ++troubleCount));
    }

    /** Writes what is pending and ends; what the store does not confirm at once is left. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            queue.urgeAll();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
