package io.culvert.proto.frame;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Arrays that are used again, in classes from {@value #MIN_BYTES} to {@value #MAX_BYTES} bytes: powers of two, and one and a
 * half times each, so that a message of a megabyte and its header does not take two.
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
    private static final int CLASSES = 2 * (Integer.numberOfTrailingZeros(MAX_BYTES) - FIRST_SHIFT) + 1;

    /** Idle small arrays are not worth more than this many. */
    private static final int MAX_IDLE_ARRAYS = 64;

    private final ArrayBlockingQueue<byte[]>[] classes;

    @SuppressWarnings({"unchecked", "rawtypes"})
    public BytePool() {
        classes = new ArrayBlockingQueue[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            classes[i] = new ArrayBlockingQueue<>(Math.min(MAX_IDLE_ARRAYS, MAX_IDLE_BYTES / sizeBytes(i)));
        }
    }

    private static int sizeBytes(int index) {
        int power = 1 << (FIRST_SHIFT + index / 2);
        return index % 2 == 0 ? power : power + power / 2;
    }

    /** The class of arrays that just hold a length of at least {@value #MIN_BYTES} / 2. */
    private static int classOf(int lengthBytes) {
        int shift = Math.max(FIRST_SHIFT, 32 - Integer.numberOfLeadingZeros(lengthBytes - 1));
        int index = 2 * (shift - FIRST_SHIFT);
        return index > 0 && sizeBytes(index - 1) >= lengthBytes ? index - 1 : index;
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
        return pooled != null ? pooled : new byte[sizeBytes(index)];
    }

    /** Gives an array back, once: its content may be overwritten from now on. One of another length is ignored. */
    public void give(byte[] array) {
        int length = array.length;
        if (length >= MIN_BYTES && length <= MAX_BYTES && sizeBytes(classOf(length)) == length) {
            classes[classOf(length)].offer(array);
        }
    }

    /** What lies idle now. */
    long idleBytes() {
        long sum = 0;
        for (int i = 0; i < classes.length; i++) {
            sum += (long) classes[i].size() * sizeBytes(i);
        }
        return sum;
    }
}
