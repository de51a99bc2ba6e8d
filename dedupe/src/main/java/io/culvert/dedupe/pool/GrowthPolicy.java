package io.culvert.dedupe.pool;

import java.util.List;

/**
 * How big the index's memory table is, and which of its runs are merged.
 *
 * <p>Runs are merged so that each is bigger than all newer ones together (the logarithmic method of Bentley and Saxe, 1980),
 * which bounds their number by the logarithm of the size, and the times an entry is copied likewise.
 */
final class GrowthPolicy {

    /** With more runs than this the index merges before it grows further. */
    static final int MAX_RUNS = 48;

    private static final int MIN_TABLE_ENTRIES = 8192;
    private static final int MAX_TABLE_ENTRIES = 1 << 18;
    private static final int TABLE_SHARE = 64;
    private static final int MERGE_AT = 4;

    private GrowthPolicy() {}

    /** The oldest run, of runs oldest first, that is no bigger than all newer ones together, if enough are newer; else -1. */
    static int firstToMerge(List<Run> runs) {
        long newer = 0;
        int first = -1;
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (runs.size() - i >= MERGE_AT && runs.get(i).entries() <= newer) {
                first = i;
            }
            newer += runs.get(i).entries();
        }
        return first;
    }

    /** Capacity of the memory table before so many entries in runs: a power of two, at most 1/64 of them. */
    static int tableEntries(long entries) {
        long share = Long.highestOneBit(Math.max(1, entries / TABLE_SHARE));
        return (int) Math.clamp(share, MIN_TABLE_ENTRIES, MAX_TABLE_ENTRIES);
    }

    static long entriesIn(List<Run> runs) {
        return runs.stream().mapToLong(Run::entries).sum();
    }
}
