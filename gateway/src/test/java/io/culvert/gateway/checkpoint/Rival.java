package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A gateway of a site that wants the same jobs as the others: claims each as soon as it is free, writes its checkpoints, gives it up after
 * a while, and notes in a {@link RivalHistory} what it was told.
 */
final class Rival implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(15);
    private static final int MAX_WRITES = 150;

    private final CheckpointStore store;
    private final String name;
    private final RivalHistory history;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean stop;

    /** @param store is not closed here */
    Rival(String name, CheckpointStore store, List<String> jobs, long seed, RivalHistory history) {
        this.name = name;
        this.store = store;
        this.history = history;
        for (String job : jobs) {
            var random = new Random(seed ^ name.hashCode() ^ (long) job.hashCode() << 32);
            threads.add(Thread.ofPlatform().name(name + " " + job).start(() -> run(job, random)));
        }
    }

    CheckpointStore store() {
        return store;
    }

    private void run(String job, Random random) {
        @Nullable Ownership owned = null;
        int left = 0;
        try {
            while (!stop) {
                if (owned == null) {
                    owned = claim(job);
                    left = random.nextInt(1, MAX_WRITES);
                } else if (left-- > 0) {
                    owned = write(owned);
                } else {
                    store.release(owned);
                    owned = null;
                }
                if (owned == null) {
                    LockSupport.parkNanos(random.nextLong(LOOK.toNanos())); // the others' turn
                }
            }
            if (owned != null) {
                store.release(owned);
            }
        } catch (IOException | RuntimeException e) {
            history.wrong(name + " at " + job + ": " + e);
        }
    }

    private @Nullable Ownership claim(String job) throws IOException {
        long begun = System.nanoTime();
        try {
            Ownership owned = store.claim(job, (lost, reason) -> history.lost(name, job, reason));
            history.add(new RivalHistory.Claim(name, job, owned.fence(), begun, System.nanoTime()));
            return owned;
        } catch (OwnedException | StoreUnavailableException e) {
            return null;
        }
    }

    private @Nullable Ownership write(Ownership owned) {
        String job = owned.jobId();
        long begun = System.nanoTime();
        var write = new CheckpointWrite(owned, Samples.running(job, name, written.incrementAndGet()));
        switch (store.writeAll(List.of(write)).getFirst()) {
            case WriteOutcome.Written confirmed -> {
                long sequence = confirmed.stored().sequence();
                history.add(new RivalHistory.Write(name, job, owned.fence(), sequence, begun, System.nanoTime()));
            }
            case WriteOutcome.Unknown unknown -> history.unknown(job);
            case WriteOutcome.Fenced fenced -> {
                return null;
            }
        }
        return owned;
    }

    /** Stops claiming and writing, and gives up what it owns. */
    @Override
    public void close() throws InterruptedException {
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
