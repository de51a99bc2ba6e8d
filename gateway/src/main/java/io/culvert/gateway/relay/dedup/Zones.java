package io.culvert.gateway.relay.dedup;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The places of a sent history's ring and the zones that stand there: which position is in which zone, where the bytes of a flow go
 * on, and which zone is next. Guarded by the lock of its {@link SentRing}.
 */
final class Zones {

    static final int LEAST_ZONE_BYTES = 1024;
    private static final int MOST_ZONE_BYTES = 128 << 10;

    /** There are so many, unless their length would leave its bounds. */
    private static final int USUAL_ZONES = 8192;

    /** With fewer there is nothing to go round. */
    static final int LEAST_ZONES = 4;

    /** Zones that ended flows left unfilled and that others may fill; without, many short flows would wear the ring out. */
    private static final int MAX_SPARES = 64;

    private final int zoneBytes;
    private final @Nullable Zone[] places;
    private final ArrayDeque<Zone> spares = new ArrayDeque<>();
    private long head;

    /** Zones for a ring of at most so many bytes. */
    Zones(long ringBytes) {
        zoneBytes = (int) Math.clamp(Long.highestOneBit(ringBytes / USUAL_ZONES), LEAST_ZONE_BYTES, MOST_ZONE_BYTES);
        places = new @Nullable Zone[Math.toIntExact(ringBytes / zoneBytes)];
    }

    int count() {
        return places.length;
    }

    int zoneBytes() {
        return zoneBytes;
    }

    long ringBytes() {
        return (long) zoneBytes * places.length;
    }

    // ---- what stands where

    /** The zone of a position, or null if it is overwritten or not written yet. */
    private @Nullable Zone at(long position) {
        Zone zone = places[place(position)];
        return zone != null && zone.start == position - position % zoneBytes ? zone : null;
    }

    private int place(long position) {
        return (int) (position / zoneBytes % places.length);
    }

    /** How many bytes from a position on a flow may refer to, in the same zone; 0 if none. */
    int readable(Ledger reader, long position) {
        Zone zone = at(position);
        return zone == null ? 0 : Math.max(0, zone.readable(reader) - (int) (position - zone.start));
    }

    /** The same for the bytes that end before a position. */
    int readableBefore(Ledger reader, long position) {
        Zone zone = position == 0 ? null : at(position - 1);
        return zone == null || position - zone.start > zone.readable(reader) ? 0 : (int) (position - zone.start);
    }

    /** Where its flow went on after it had filled the zone that ends at this position; the position itself if there is none. */
    long follow(long position) {
        if (position == 0 || position % zoneBytes != 0) {
            return position;
        }
        Zone before = at(position - 1);
        return before == null || before.next == Zone.NONE ? position : before.next;
    }

    /** The position so many bytes further on in what its flow appended. */
    long advance(long position, int bytes) {
        long at = position;
        int left = bytes;
        for (int room = zoneBytes - (int) (at % zoneBytes); left >= room; room = zoneBytes) {
            at = follow(at + room);
            left -= room;
        }
        return at + left;
    }

    // ---- where the next bytes go

    /** The zone that a flow was appending to, if it is not overwritten; else one that another flow left, or null. */
    @Nullable
    Zone current(Ledger flow) {
        Zone zone = flow.zone;
        if (zone == null || at(zone.start) != zone) {
            zone = spare();
            if (zone != null) {
                zone.owner = flow;
            }
            flow.zone = zone;
        }
        return zone;
    }

    private @Nullable Zone spare() {
        while (!spares.isEmpty()) {
            Zone spare = spares.remove();
            if (at(spare.start) == spare) {
                return spare;
            }
        }
        return null;
    }

    /** A new zone at the head for a flow that has filled another, or has none. */
    Zone begin(Ledger flow, @Nullable Zone full) {
        Zone zone = new Zone(head, flow);
        if (full != null) {
            full.next = head;
        }
        places[place(head)] = zone;
        head += zoneBytes;
        flow.zone = zone;
        return zone;
    }

    /** All positions before this are overwritten once so many zones more have begun. */
    long overwrittenBy(int newZones) {
        return head + (long) (newZones - places.length) * zoneBytes;
    }

    /** The flow appends no more. */
    void leave(Ledger flow) {
        Zone zone = flow.zone;
        if (zone != null) {
            zone.owner = null;
            if (zone.visible == zone.written && zone.written < zoneBytes && spares.size() < MAX_SPARES) {
                spares.add(zone);
            }
        }
    }
}
