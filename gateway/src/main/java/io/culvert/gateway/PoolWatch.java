package io.culvert.gateway;

import io.culvert.dedupe.pool.Pool;
import io.culvert.gateway.admin.PoolView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at pools for whoever asks about the site, so that nobody who asks waits for a disk that does not answer.
 *
 * <p>A look has a thread of its own, which the kernel may keep; as long as one has not come back, there is no second one at the
 * same pool, and what was seen last is told with the time since when the disk is silent. Thread-safe.
 */
final class PoolWatch {

    /** Sees how a pool is. */
    interface Eye {
        PoolView look(Pool pool) throws IOException;
    }

    /** How long a disk may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private record Look(FutureTask<PoolView> task, Instant begun) {}

    private final Eye eye;
    private final InstantSource clock;
    private final Duration patience;
    private final ConcurrentHashMap<String, Look> looks = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, PoolView> seen = new ConcurrentHashMap<>();

    PoolWatch(Eye eye, InstantSource clock) {
        this(eye, clock, PATIENCE);
    }

    PoolWatch(Eye eye, InstantSource clock, Duration patience) {
        this.eye = eye;
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * How the pool is, or how it was when its disk last answered.
     *
     * @param unseen what is told if it never did
     * @throws IOException if it cannot be read
     */
    PoolView see(Pool pool, PoolView unseen) throws IOException, InterruptedException {
        boolean[] mine = {false};
        Look look = looks.compute(pool.name(), (name, present) -> {
            if (present != null) {
                return present;
            }
            mine[0] = true;
            return begin(pool);
        });
        try {
            long wait = mine[0] || isFresh(look) ? patience.toNanos() : 0;
            return look.task().get(wait, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return silent(seen.getOrDefault(pool.name(), unseen), look.begun());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException failure ? failure : new IOException(cause);
        }
    }

    private boolean isFresh(Look look) {
        return Duration.between(look.begun(), clock.instant()).compareTo(patience) < 0;
    }

    private Look begin(Pool pool) {
        FutureTask<PoolView> task = new FutureTask<>(() -> {
            try {
                PoolView view = eye.look(pool);
                seen.put(pool.name(), view);
                return view;
            } finally {
                looks.remove(pool.name());
            }
        });
        Thread.ofPlatform().daemon().name("look at pool " + pool.name()).start(task);
        return new Look(task, clock.instant());
    }

    private static PoolView silent(PoolView last, Instant since) {
        return new PoolView(
                last.name(),
                last.path(),
                PoolView.State.FAILED,
                "its disk has not answered since " + since.truncatedTo(ChronoUnit.SECONDS)
                        + "; what concerns it waits for it",
                last.quotaBytes(),
                last.usedBytes(),
                last.freeBytes(),
                last.rawBytes(),
                last.chunks(),
                last.containers(),
                last.snapshots());
    }
}
