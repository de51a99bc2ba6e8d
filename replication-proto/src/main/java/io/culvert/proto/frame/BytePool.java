package io.culvert.proto.frame;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, in classes from {@value #MIN_BYTES} to {@value #MAX_BYTES} bytes: powers of two and
 * the quarters between them, so that a message takes at most a quarter more than it has.
 *
 * <p>Nothing is owed: an array that is never given back is garbage like any other, and one given back when its class is
 * full is dropped. Thread-safe. What lies idle is at most {@link #MAX_IDLE_BYTES} for each class and
 * {@link #MAX_ALL_IDLE_BYTES} in all.
 */
public final class BytePool {

    static final int MIN_BYTES = 4 << 10;
    static final int MAX_BYTES = 2 << 20;

    /** What one class keeps idle at most. */
    static final int MAX_IDLE_BYTES = 8 << 20;

    /** What all classes keep idle at most. */
    static final int MAX_ALL_IDLE_BYTES = 24 << 20;

    private static final int FIRST_SHIFT = Integer.numberOfTrailingZeros(MIN_BYTES);
    private static final int STEPS = 4;
    private static final int CLASSES = STEPS * (Integer.numberOfTrailingZeros(MAX_BYTES) - FIRST_SHIFT) + 1;

    /** Idle small arrays are not worth more than this many. */
    private static final int MAX_IDLE_ARRAYS = 64;

    private final Idle[] classes = new Idle[CLASSES];
    private final AtomicInteger idleBytes = new AtomicInteger();

    /** The idle arrays of one class. The last that came goes first: it is the one that the processor still has at hand. */
    private static final class Idle {

        private final ReentrantLock lock = new ReentrantLock();
        private final ArrayDeque<byte[]> arrays = new ArrayDeque<>();
        private final int most;

        Idle(int most) {
            this.most = most;
        }

        byte @Nullable [] poll() {
            lock.lock();
            try {
                return arrays.pollFirst();
            } finally {
                lock.unlock();
            }
        }

        boolean offer(byte[] array) {
            lock.lock();
            try {
                if (arrays.size() >= most) {
                    return false;
                }
                arrays.addFirst(array);
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    public BytePool() {
        for (int i = 0; i < CLASSES; i++) {
            classes[i] = new Idle(Math.min(MAX_IDLE_ARRAYS, MAX_IDLE_BYTES / sizeBytes(i)));
        }
    }

    private static int sizeBytes(int index) {
        int power = 1 << (FIRST_SHIFT + index / STEPS);
        return power + power / STEPS * (index % STEPS);
    }

    /** The class of arrays that just hold a length of at least {@value #MIN_BYTES} / 2. */
    private static int classOf(int lengthBytes) {
        int bytes = Math.max(lengthBytes, MIN_BYTES);
        int shift = 31 - Integer.numberOfLeadingZeros(bytes);
        int step = Math.ceilDiv(bytes - (1 << shift), (1 << shift) / STEPS);
        return STEPS * (shift - FIRST_SHIFT) + step;
    }

    /**
     * An array of at least this length; its content is arbitrary. Short ones are exact and not pooled.
     *
     * @throws IllegalArgumentException above {@value #MAX_BYTES}
     */
    public byte[] take(int lengthBytes) {
        if (lengthBytes > MAX_BYTES) {
            throw new IllegalArgumentException("lengthBytes must be <= " + MAX_BYTES + ", was " + lengthBytes);
        }
        if (lengthBytes <= MIN_BYTES / 2) {
            return new byte[lengthBytes];
        }
        int index = classOf(lengthBytes);
        byte[] pooled = classes[index].poll();
        if (pooled == null) {
            return new byte[sizeBytes(index)];
        }
        idleBytes.addAndGet(-pooled.length);
        return pooled;
    }

    /** Gives an array back, once: its content may be overwritten from now on. One of another length is ignored. */
    public void give(byte[] array) {
        int length = array.length;
        if (length >= MIN_BYTES && length <= MAX_BYTES && sizeBytes(classOf(length)) == length) {
            boolean fits = idleBytes.addAndGet(length) <= MAX_ALL_IDLE_BYTES;
            if (!fits || !classes[classOf(length)].offer(array)) {
                idleBytes.addAndGet(-length);
            }
        }
    }

    /** What lies idle now. */
    int idleBytes() {
        return idleBytes.get();
    }
}
