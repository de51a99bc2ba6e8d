package io.culvert.dedupe.tree;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TreeWalk} on a thread of its own, at most some {@link #MAX_STEPS} steps ahead of whoever takes them.
 *
 * <p>A platform thread, because its system calls hold whatever carries it, for as long as a slow disk takes.
 */
final class WalkAhead implements AutoCloseable {

    private static final int BATCH = 256;
    private static final int BATCHES = 2;

    /** Steps made and not yet taken: the batches in the queue, one being made, one being taken. */
    static final int MAX_STEPS = BATCH * (BATCHES + 2);

    /** Some steps, and whether and why no more follow. */
    private record Batch(
            List<Step> steps, boolean last, @Nullable Throwable failure) {}

    private final BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(BATCHES);
    private final Deque<Step> taken = new ArrayDeque<>(BATCH);
    private final Thread walking;
    private Batch batch = new Batch(List.of(), false, null);

    /** Takes over {@code walk}, which from now on belongs to the thread. */
    WalkAhead(TreeWalk walk) {
        walking = Thread.ofPlatform().daemon().name("walk").start(() -> run(walk));
    }

    private void run(TreeWalk walk) {
        try (walk) {
            boolean more = true;
            while (more) {
                Batch made = make(walk);
                queue.put(made);
                more = !made.last();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException e) { // of a descriptor that cannot be closed
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever it is, it is thrown again by next()
    private static Batch make(TreeWalk walk) {
        List<Step> steps = new ArrayList<>(BATCH);
        try {
            while (steps.size() < BATCH) {
                Optional<Step> step = walk.next();
                if (step.isEmpty()) {
                    return new Batch(steps, true, null);
                }
                steps.add(step.get());
            }
            return new Batch(steps, false, null);
        } catch (IOException | RuntimeException | Error e) {
            return new Batch(steps, true, e);
        }
    }

    /**
     * The next step; empty at the end.
     *
     * @throws IOException if the root cannot be listed, or the caller's thread was interrupted
     */
    Optional<Step> next() throws IOException {
        while (taken.isEmpty()) {
            if (batch.last()) {
                fail(batch.failure());
                return Optional.empty();
            }
            batch = take();
            taken.addAll(batch.steps());
        }
        return Optional.of(taken.remove());
    }

    private Batch take() throws InterruptedIOException {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the walk was interrupted");
        }
    }

    private static void fail(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    Thread thread() {
        return walking;
    }

    /** Ends the walk, soon; a step that the kernel still holds ends when the kernel lets it. */
    @Override
    public void close() {
        walking.interrupt();
    }
}
