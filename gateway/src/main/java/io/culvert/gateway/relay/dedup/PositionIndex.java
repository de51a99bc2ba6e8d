package io.culvert.gateway.relay.dedup;

/**
 * Where in the history content stands, by a hash of it. A hint and no more: bytes are compared before they are referred to, so
 * an entry may be stale or wrong.
 *
 * <p>Fixed in size, {@value #BYTES_PER_SLOT} bytes of ring for each slot of 16 bytes; a full bucket forgets its oldest entry.
 * Guarded by the lock of its {@link SentRing}.
 */
final class PositionIndex {

    static final int BYTES_PER_SLOT = 1024;

    private static final int BUCKET_SLOTS = 8;
    private static final int LEAST_BUCKETS = 16;

    /** 64 MiB of memory; with larger rings the index forgets before the ring does. */
    private static final int MOST_BUCKETS = 1 << 19;

    private static final int SLOT_WORDS = 2;

    private final long mask;
    private final long[] table;

    PositionIndex(long ringBytes) {
        long buckets = Long.highestOneBit(ringBytes / BYTES_PER_SLOT / BUCKET_SLOTS);
        mask = Math.clamp(buckets, LEAST_BUCKETS, MOST_BUCKETS) - 1L;
        table = new long[(int) (mask + 1) * BUCKET_SLOTS * SLOT_WORDS];
    }

    /** The position last put for this hash, or {@link Zone#NONE}. */
    long find(long hash) {
        long key = key(hash);
        int bucket = bucket(hash);
        for (int at = bucket; at < bucket + BUCKET_SLOTS * SLOT_WORDS; at += SLOT_WORDS) {
            if (table[at] == key) {
                return table[at + 1];
            }
        }
        return Zone.NONE;
    }

    void put(long hash, long position) {
        long key = key(hash);
        int bucket = bucket(hash);
        int oldest = bucket;
        for (int at = bucket; at < bucket + BUCKET_SLOTS * SLOT_WORDS; at += SLOT_WORDS) {
            if (table[at] == key || table[at] == 0) {
                oldest = at;
                break;
            }
            if (table[at + 1] < table[oldest + 1]) {
                oldest = at;
            }
        }
        table[oldest] = key;
        table[oldest + 1] = position;
    }

    /** Zero marks an empty slot. */
    private static long key(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private int bucket(long hash) {
        return (int) (hash >>> 16 & mask) * BUCKET_SLOTS * SLOT_WORDS;
    }
}
