package io.culvert.proto.frame;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Arrays that are used again, in classes of powers of two from {@value #MIN_BYTES} to {@value #MAX_BYTES} bytes.
 *
 * <p>Nothing is owed: an array that is never given back is garbage like any other, and one given back when its class is
 * full is dropped. Thread-safe. What lies idle is at most {@link #MAX_IDLE_BYTES} for each class.
 */
public final class BytePool {

    static final int MIN_BYTES = 4 << 10;
    static final int MAX_BYTES = 2 << 20;

    /** What one class keeps idle at most. */
    static final int MAX_IDLE_BYTES = 8 << 20;

    private static final int FIRST_SHIFT = Integer.numberOfTrailingZeros(MIN_BYTES);

    /** Idle small arrays are not worth more than this many. */
    private static final int MAX_IDLE_ARRAYS = 64;

    private final ArrayBlockingQueue<byte[]>[] classes;

    @SuppressWarnings({"unchecked", "rawtypes"})
    public BytePool() {
        int count = Integer.numberOfTrailingZeros(MAX_BYTES) - FIRST_SHIFT + 1;
        classes = new ArrayBlockingQueue[count];
        for (int i = 0; i < count; i++) {
            classes[i] = new ArrayBlockingQueue<>(Math.min(MAX_IDLE_ARRAYS, MAX_IDLE_BYTES >> (FIRST_SHIFT + i)));
        }
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
        int shift = Math.max(FIRST_SHIFT, 32 - Integer.numberOfLeadingZeros(lengthBytes - 1));
        byte[] pooled = classes[shift - FIRST_SHIFT].poll();
        return pooled != null ? pooled : new byte[1 << shift];
    }

    /** Gives an array back, once: its content may be overwritten from now on. One of another length is ignored. */
    public void give(byte[] array) {
        int length = array.length;
        if (length >= MIN_BYTES && length <= MAX_BYTES && Integer.bitCount(length) == 1) {
            classes[Integer.numberOfTrailingZeros(length) - FIRST_SHIFT].offer(array);
        }
    }

    /** What lies idle now. */
    long idleBytes() {
        long sum = 0;
        for (int i = 0; i < classes.length; i++) {
            sum += (long) classes[i].size() << (FIRST_SHIFT + i);
        }
        return sum;
    }
}
