package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Merges the runs of the index in the background, one merge at a time; a failure loses nothing, is kept for
 * {@link PoolUsage} and tried again when the index has grown further.
 */
final class Maintenance {

    private final ChunkIndex index;
    private final Executor background;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile @Nullable String failure;

    Maintenance(ChunkIndex index, Executor background) {
        this.index = index;
        this.background = background;
    }

    /** A thread per merge, which ends with it. */
    static Executor ownThread(String pool) {
        return task ->
                Thread.ofPlatform().daemon().name("culvert-merge-" + pool).start(task);
    }

    /** To be called when the index has grown by a run, without any lock. */
    void wake() {
        if (index.isMergeDue() && scheduled.compareAndSet(false, true)) {
            background.execute(this::merge);
        }
    }

    /** Why the last merge failed, if it did. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Keeps the reason why the index could not be written. */
    void failed(IOException cause) {
        failure = "the index could not be written: " + cause.getMessage();
    }

    private void merge() {
        try {
            index.mergeDue();
            failure = null;
        } catch (IOException cause) {
            failed(cause);
        } finally {
            scheduled.set(false);
        }
    }
}
