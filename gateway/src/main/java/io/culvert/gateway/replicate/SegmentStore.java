package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.PoolFullException;
import io.culvert.dedupe.pool.PoolWriter;
import io.culvert.dedupe.segment.ChunkLengths;
import io.culvert.dedupe.segment.Codec;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.proto.session.ReceiverEffect;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Verifies and appends the segments of one session in the order they came, and forces them in groups.
 *
 * <p>Two threads: one verifies and appends, one forces and reports, so that a force does not hold up the next segment.
 * The queue is bounded by the channel's window, whose credit goes back when a segment was appended: what is then not yet
 * forced survives the death of the process, though not of the machine. The first failure ends both threads.
 */
final class SegmentStore implements AutoCloseable {

    /**
     * So many bytes are forced at once while more keep coming: an eighth of the session's window, so that a sender far away
     * hears of the first group long before the window is full. While one force runs, the next group grows by itself.
     */
    private static final long GROUP_BYTES = SessionLimits.WINDOW_BYTES / 8;

    /** A smaller group is forced when nothing has come for so long. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Told what happens, on the store's own threads. */
    interface Listener {
        /** So many more segments are durable. */
        void forced(int segments) throws IOException, InterruptedException;

        /** The store stopped. */
        void failed(Refused.Code code, String reason);
    }

    private final PoolWriter pool;
    private final String origin;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Queued> queue = new ArrayDeque<>();
    private int unforced;
    private long unforcedBytes;
    private boolean closed;
    private final List<Thread> threads;

    SegmentStore(PoolWriter pool, String origin, Listener listener) {
        this.pool = pool;
        this.origin = origin;
        this.listener = listener;
        this.threads = List.of(
                Thread.ofPlatform().daemon().name("verify " + origin).start(() -> guarded(this::storeAll)),
                Thread.ofPlatform().daemon().name("force " + origin).start(() -> guarded(this::forceAll)));
    }

    private record Queued(ReceiverEffect.Store segment, Runnable release) {}

    /**
     * Queues a segment; the channel's window bounds the queue.
     *
     * @param release called when it was appended and its payload is not used any more; not at all if the store stops before
     */
    void add(ReceiverEffect.Store segment, Runnable release) {
        lock.lock();
        try {
            if (!closed) {
                queue.add(new Queued(segment, release));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (CorruptChunkException e) {
            stop(Refused.Code.CORRUPT, e);
        } catch (PoolFullException e) {
            stop(Refused.Code.POOL_FULL, e);
        } catch (IOException e) {
            stop(Refused.Code.UNAVAILABLE, e);
        } catch (RuntimeException e) {
            stop(Refused.Code.UNAVAILABLE, e);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(Refused.Code code, Exception cause) {
        boolean first;
        lock.lock();
        try {
            first = !closed;
            closed = true;
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (first) {
            listener.failed(code, String.valueOf(cause.getMessage()));
        }
    }

    private void storeAll() throws IOException, InterruptedException {
        try (SegmentVerifier verifier = new SegmentVerifier()) {
            for (Optional<Queued> next = next(); next.isPresent(); next = next()) {
                ReceiverEffect.Store stored = next.get().segment();
                Slice payload = Payloads.slice(stored.payload());
                Segment segment = new Segment(
                        Codec.ofId(stored.codec()),
                        ChunkLengths.of(stored.refs().stream()
                                .mapToInt(ChunkRef::lengthBytes)
                                .toArray()),
                        payload);
                pool.append(verifier.verify(segment, SessionReceiver.fingerprints(stored.refs())), origin);
                next.get().release().run();
                appended(payload.length());
            }
        }
    }

    private Optional<Queued> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty() && !closed) {
                changed.await();
            }
            return closed ? Optional.empty() : Optional.of(queue.remove());
        } finally {
            lock.unlock();
        }
    }

    private void appended(int bytes) {
        lock.lock();
        try {
            unforced++;
            unforcedBytes += bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forceAll() throws IOException, InterruptedException {
        for (int segments = group(); segments > 0; segments = group()) {
            pool.force();
            listener.forced(segments);
        }
    }

    /** Waits for a group to force: enough bytes, or some and then a quiet moment. 0 at the end. */
    private int group() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (unforced == 0 && !closed) {
                changed.await();
            }
            long quiet = QUIET_NANOS;
            int seen = unforced;
            while (unforcedBytes < GROUP_BYTES && quiet > 0 && !closed) {
                quiet = changed.awaitNanos(quiet);
                if (unforced != seen || !queue.isEmpty()) {
                    seen = unforced;
                    quiet = QUIET_NANOS;
                }
            }
            int segments = closed ? 0 : unforced;
            unforced = 0;
            unforcedBytes = 0;
            return segments;
        } finally {
            lock.unlock();
        }
    }

    /** Stops taking segments and lets go of those that wait; what is being appended or forced goes on to its end. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is appended or forced any more, as long as the disk takes; to be closed before. */
    void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
