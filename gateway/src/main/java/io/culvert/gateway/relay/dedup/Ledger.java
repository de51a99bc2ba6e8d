package io.culvert.gateway.relay.dedup;

import org.jspecify.annotations.Nullable;

/**
 * What one flow has sent and the receiver has not acknowledged: the positions that its messages store to or refer to, which
 * nobody may overwrite before. Guarded by the lock of its {@link SentRing}.
 *
 * <p>Bounded by {@link #MAX_ENTRIES}: entries that append to the same zone are merged when it is full, and a message that would
 * need one more is not packed.
 */
final class Ledger {

    static final int MAX_ENTRIES = 2048;

    private static final int FIRST_ENTRIES = 16;

    private long[] ends = new long[FIRST_ENTRIES];
    private long[] lowests = new long[FIRST_ENTRIES];
    private int[] visibles = new int[FIRST_ENTRIES];
    private @Nullable Zone[] zones = new @Nullable Zone[FIRST_ENTRIES];
    private int first;
    private int count;
    private long lowest = Long.MAX_VALUE;
    private long pin = Long.MAX_VALUE;

    /** Where this flow appends next. */
    @Nullable
    Zone zone;

    boolean closed;

    /** Keeps a position, and all above, while a message is being packed. */
    void pin(long position) {
        pin = Math.min(pin, position);
    }

    void unpin() {
        pin = Long.MAX_VALUE;
    }

    /** The lowest position that may not be overwritten on behalf of this flow; {@link Long#MAX_VALUE} if there is none. */
    long lowest() {
        return Math.min(pin, lowest);
    }

    /** Whether a message that appends to so many zones can be noted. */
    boolean hasRoom(int appends) {
        return count + appends + 1 <= MAX_ENTRIES;
    }

    /** Notes that a message refers to this position and higher ones. */
    void refers(long endOffset, long position) {
        if (count > MAX_ENTRIES / 2) {
            merge(endOffset, position);
        } else {
            add(endOffset, position, null, 0);
        }
    }

    /** Notes that a message stores bytes to a zone. */
    void appends(long endOffset, Grant grant) {
        Zone into = grant.zone();
        int visible = (int) (grant.position() - into.start) + grant.lengthBytes();
        if (count > MAX_ENTRIES / 2 && zones[slot(count - 1)] == into) {
            visibles[slot(count - 1)] = visible;
            merge(endOffset, grant.position());
        } else {
            add(endOffset, grant.position(), into, visible);
        }
    }

    private void merge(long endOffset, long position) {
        int last = slot(count - 1);
        ends[last] = endOffset;
        lowests[last] = Math.min(lowests[last], position);
        lowest = Math.min(lowest, position);
    }

    private void add(long endOffset, long position, @Nullable Zone into, int visible) {
        if (count == ends.length) {
            grow();
        }
        int slot = slot(count++);
        ends[slot] = endOffset;
        lowests[slot] = position;
        zones[slot] = into;
        visibles[slot] = visible;
        lowest = Math.min(lowest, position);
    }

    /** The receiver has all before this offset of the flow: what was appended becomes visible, what was kept is free. */
    void acknowledged(long offset) {
        boolean lowestGone = false;
        while (count > 0 && ends[first] <= offset) {
            Zone into = zones[first];
            if (into != null) {
                into.visible = Math.max(into.visible, visibles[first]);
                zones[first] = null;
            }
            lowestGone |= lowests[first] == lowest;
            first = slot(1);
            count--;
        }
        if (lowestGone) {
            lowest = Long.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                lowest = Math.min(lowest, lowests[slot(i)]);
            }
        }
    }

    /** The channel has ended: what was not acknowledged is void. */
    void close() {
        closed = true;
        count = 0;
        lowest = Long.MAX_VALUE;
        pin = Long.MAX_VALUE;
        zone = null;
        ends = new long[0]; // zones that it owned remember it
        lowests = new long[0];
        visibles = new int[0];
        zones = new @Nullable Zone[0];
    }

    private int slot(int index) {
        return (first + index) % ends.length;
    }

    private void grow() {
        int capacity = 2 * ends.length;
        long[] newEnds = new long[capacity];
        long[] newLowests = new long[capacity];
        int[] newVisibles = new int[capacity];
        @Nullable Zone[] newZones = new @Nullable Zone[capacity];
        for (int i = 0; i < count; i++) {
            int slot = slot(i);
            newEnds[i] = ends[slot];
            newLowests[i] = lowests[slot];
            newVisibles[i] = visibles[slot];
            newZones[i] = zones[slot];
        }
        ends = newEnds;
        lowests = newLowests;
        visibles = newVisibles;
        zones = newZones;
        first = 0;
    }
}
