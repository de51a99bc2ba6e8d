package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.Fingerprint;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of the index, in memory: open addressing over a dense array, no object per entry.
 *
 * <p>Fixed capacity; 56 bytes per entry of it. Not safe for concurrent change; {@link ChunkIndex} guards it.
 */
final class MemoryTable {

    private static final int WORDS = 6;
    private final int capacity;
    private final long[] entries;
    private final int[] slots;
    private int count;

    /** @param capacity a power of two */
    MemoryTable(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, was " + capacity);
        }
        this.capacity = capacity;
        this.entries = new long[capacity * WORDS];
        this.slots = new int[capacity * 2];
    }

    int count() {
        return count;
    }

    int room() {
        return capacity - count;
    }

    long memoryBytes() {
        return 8L * entries.length + 4L * slots.length;
    }

    @Nullable
    Place find(Fingerprint fingerprint) {
        int found = slots[slot(fingerprint)] - 1;
        return found < 0 ? null : place(found);
    }

    /** Adds an entry, or replaces the place of a fingerprint that is here. */
    void put(Fingerprint fingerprint, Place place) {
        int slot = slot(fingerprint);
        int entry = slots[slot] - 1;
        if (entry < 0) {
            if (count == capacity) {
                throw new IllegalStateException("the memory table holds " + capacity + " entries already");
            }
            entry = count++;
            slots[slot] = entry + 1;
            entries[entry * WORDS] = fingerprint.w0();
            entries[entry * WORDS + 1] = fingerprint.w1();
            entries[entry * WORDS + 2] = fingerprint.w2();
            entries[entry * WORDS + 3] = fingerprint.w3();
        }
        entries[entry * WORDS + 4] = ((long) place.container() << 32) | place.offsetBytes();
        entries[entry * WORDS + 5] = ((long) place.lengthBytes() << 32) | place.ordinal();
    }

    /** The entries that stay, in a table of the same capacity. */
    MemoryTable retain(Predicate<Place> stays) {
        MemoryTable kept = new MemoryTable(capacity);
        for (int i = 0; i < count; i++) {
            if (stays.test(place(i))) {
                kept.put(fingerprint(i), place(i));
            }
        }
        return kept;
    }

    /** Positions for {@link #entry}, in the order of the fingerprints. */
    int[] sorted() {
        int bits = 32 - Integer.numberOfLeadingZeros(capacity);
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = ((entries[i * WORDS] >>> bits << bits) | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        int[] order = new int[count];
        int mask = (1 << bits) - 1;
        for (int i = 0; i < count; i++) {
            order[i] = (int) keys[i] & mask;
        }
        settleTies(order);
        return order;
    }

    IndexEntry entry(int position) {
        return new IndexEntry(fingerprint(position), place(position));
    }

    /** The keys dropped the lowest bits of the first word; neighbours may still be the wrong way round. */
    private void settleTies(int[] order) {
        for (int i = 1; i < order.length; i++) {
            int moved = order[i];
            int to = i;
            while (to > 0 && compare(order[to - 1], moved) > 0) {
                order[to] = order[to - 1];
                to--;
            }
            order[to] = moved;
        }
    }

    private int compare(int left, int right) {
        for (int word = 0; word < 4; word++) {
            int order = Long.compareUnsigned(entries[left * WORDS + word], entries[right * WORDS + word]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private int slot(Fingerprint fingerprint) {
        int mask = slots.length - 1;
        int slot = (int) fingerprint.w3() & mask;
        while (slots[slot] != 0 && !matches(slots[slot] - 1, fingerprint)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean matches(int entry, Fingerprint fingerprint) {
        int at = entry * WORDS;
        return entries[at] == fingerprint.w0()
                && entries[at + 1] == fingerprint.w1()
                && entries[at + 2] == fingerprint.w2()
                && entries[at + 3] == fingerprint.w3();
    }

    private Fingerprint fingerprint(int entry) {
        int at = entry * WORDS;
        return new Fingerprint(entries[at], entries[at + 1], entries[at + 2], entries[at + 3]);
    }

    private Place place(int entry) {
        long where = entries[entry * WORDS + 4];
        long what = entries[entry * WORDS + 5];
        return new Place((int) (where >>> 32), (int) where, (int) what, (int) (what >>> 32));
    }
}
