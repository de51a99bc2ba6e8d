package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that source data is read into; how many there are bounds what a job holds in memory.
 *
 * <p>Thread-safe. A block returns when its last chunk was packed or turned out to be present at the target.
 */
final class BlockPool {

    /** Bytes of one block; larger than the largest chunk. */
    static final int BLOCK_BYTES = 1 << 20;

    /** Blocks that a pool always has: one that is read into and one whose chunks are packed. */
    static final int OWN_BLOCKS = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final Deque<byte[]> free = new ArrayDeque<>();
    private final int most;
    private final BooleanSupplier more;
    private int made;
    private boolean retired;

    /** A pool of at most {@code most} blocks. */
    BlockPool(int most) {
        this(most, () -> true);
    }

    /**
     * A pool of at most {@code most} blocks.
     *
     * @param more asked before each block beyond the first {@link #OWN_BLOCKS} is made; called with the lock
     */
    BlockPool(int most, BooleanSupplier more) {
        if (most < OWN_BLOCKS) {
            throw new IllegalArgumentException("most must be >= " + OWN_BLOCKS + ", was " + most);
        }
        this.most = most;
        this.more = more;
    }

    /** A block if one is free, held once; else null. */
    @Nullable
    Block poll() {
        lock.lock();
        try {
            byte[] bytes = free.poll();
            if (bytes == null && made < most && !retired && (made < OWN_BLOCKS || more.getAsBoolean())) {
                made++;
                bytes = new byte[BLOCK_BYTES];
            }
            return bytes == null ? null : new Block(this, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** A block, held once, or null if none returned in time. */
    @Nullable
    Block take(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            Block block = poll();
            while (block == null && nanos > 0) {
                nanos = returned.awaitNanos(nanos);
                block = poll();
            }
            return block;
        } finally {
            lock.unlock();
        }
    }

    /** Makes no more blocks, and returns how many it was granted beyond its own. Those that are held stay usable. */
    int retire() {
        lock.lock();
        try {
            retired = true;
            return Math.max(0, made - OWN_BLOCKS);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(byte[] bytes) {
        lock.lock();
        try {
            free.add(bytes);
            returned.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A buffer that several chunks lie in; returns to its pool when all have let go. */
    static final class Block {

        private final BlockPool pool;
        private final byte[] bytes;
        private final AtomicInteger holds = new AtomicInteger(1);

        private Block(BlockPool pool, byte[] bytes) {
            this.pool = pool;
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        Slice slice(int offset, int length) {
            return new Slice(bytes, offset, length);
        }

        void hold() {
            holds.incrementAndGet();
        }

        void letGo() {
            if (holds.decrementAndGet() == 0) {
                pool.giveBack(bytes);
            }
        }
    }
}
