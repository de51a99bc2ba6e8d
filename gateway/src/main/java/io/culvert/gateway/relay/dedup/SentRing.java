package io.culvert.gateway.relay.dedup;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The history that was sent to one instance of a receiver: which bytes stand where, who may refer to them, and where more may be
 * appended. Safe for use by several threads; one lock, held for arithmetic only, never while the file is read or written.
 *
 * <p>Positions are handed out a {@link Zone} at a time, and grow for ever; {@code position mod size} is where they stand. A
 * position is overwritten when its zone's place comes round again, which is not before every message that stores to it or
 * refers to it, or to anything above it, was acknowledged: until then {@link #reserve} refuses, and new bytes go out without
 * being stored. So no order of arrival of two flows' messages can make the receiver read what it should not.
 *
 * <p>A flow may refer to what is acknowledged and to what it appended itself. What a flow appended and the end of its channel
 * left unacknowledged is void: nobody refers to it, and it may be overwritten at once, for messages of a channel that has ended
 * arrive no more, or (if some do in the last moment) are told by the receiver as older than a whole ring.
 */
final class SentRing implements AutoCloseable {

    /** The ring has so many zones, unless their length would leave its bounds. */
    private static final int ZONES = 8192;

    static final int LEAST_ZONE_BYTES = 1024;
    private static final int MOST_ZONE_BYTES = 128 << 10;

    /** With fewer there is nothing to go round. */
    static final int LEAST_ZONES = 4;

    /** Zones that ended flows left unfilled and that others may fill. */
    private static final int MAX_SPARES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final RingStorage storage;
    private final int zoneBytes;
    private final @Nullable Zone[] zones;
    private final PositionIndex index;
    private final Set<Ledger> ledgers = new LinkedHashSet<>();
    private final ArrayDeque<Zone> spares = new ArrayDeque<>();
    private long head;
    private long floor = Long.MAX_VALUE;
    private long storedBytes;
    private long refusedBytes;
    private volatile boolean closed;
    private volatile String failure = "";

    private SentRing(RingStorage storage, int zoneBytes, int zoneCount) {
        this.storage = storage;
        this.zoneBytes = zoneBytes;
        this.zones = new @Nullable Zone[zoneCount];
        this.index = new PositionIndex((long) zoneBytes * zoneCount);
    }

    /** A ring of about this size, or null if that is too small to be one. */
    static @Nullable SentRing open(RingStorage.Opener opener, long sizeBytes) throws IOException {
        int zoneBytes = (int) Math.clamp(Long.highestOneBit(sizeBytes / ZONES), LEAST_ZONE_BYTES, MOST_ZONE_BYTES);
        int zoneCount = Math.toIntExact(sizeBytes / zoneBytes);
        return zoneCount < LEAST_ZONES
                ? null
                : new SentRing(opener.open((long) zoneBytes * zoneCount), zoneBytes, zoneCount);
    }

    /** False once the ring was closed or its file failed: nothing is stored or referred to any more. */
    boolean isUsable() {
        return !closed && failure.isEmpty();
    }

    // ---- flows

    Ledger join() {
        Ledger ledger = new Ledger();
        lock.lock();
        try {
            ledgers.add(ledger);
        } finally {
            lock.unlock();
        }
        return ledger;
    }

    void leave(Ledger ledger) {
        lock.lock();
        try {
            Zone zone = ledger.zone;
            if (zone != null) {
                zone.owner = null;
                if (zone.visible == zone.written && zone.written < zoneBytes && spares.size() < MAX_SPARES) {
                    spares.add(zone);
                }
            }
            ledger.close();
            ledgers.remove(ledger);
            floor = lowestKept();
        } finally {
            lock.unlock();
        }
    }

    void acknowledged(Ledger ledger, long offset) {
        lock.lock();
        try {
            ledger.acknowledged(offset);
        } finally {
            lock.unlock();
        }
    }

    // ---- looking up

    /** Where content of this hash may stand, or {@link Zone#NONE}. */
    long find(long hash) {
        lock.lock();
        try {
            return index.find(hash);
        } finally {
            lock.unlock();
        }
    }

    void put(long hash, long position) {
        lock.lock();
        try {
            index.put(hash, position);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many bytes from a position on the flow may refer to, within one zone and at most {@code most}; 0 if none. They are kept
     * until {@link #done}.
     */
    int readable(Ledger ledger, long position, int most) {
        lock.lock();
        try {
            Zone zone = at(position);
            int within = (int) (position % zoneBytes);
            int readable = zone == null || ledger.closed ? 0 : Math.min(most, zone.readable(ledger) - within);
            if (readable > 0) {
                keep(ledger, position);
            }
            return Math.max(0, readable);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #readable}, for the bytes that end before a position. */
    int readableBefore(Ledger ledger, long position, int most) {
        lock.lock();
        try {
            Zone zone = position == 0 ? null : at(position - 1);
            if (zone == null || ledger.closed || position - zone.start > zone.readable(ledger)) {
                return 0;
            }
            int readable = (int) Math.min(most, position - zone.start);
            keep(ledger, position - readable);
            return readable;
        } finally {
            lock.unlock();
        }
    }

    /** Where its flow went on after it had filled the zone that ends at this position; the position itself if there is none. */
    long follow(long position) {
        lock.lock();
        try {
            if (position == 0 || position % zoneBytes != 0) {
                return position;
            }
            Zone before = at(position - 1);
            return before == null || before.next == Zone.NONE ? position : before.next;
        } finally {
            lock.unlock();
        }
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

    void read(long position, byte[] to, int offset, int length) throws IOException {
        storage.read(position, to, offset, length);
    }

    private @Nullable Zone at(long position) {
        Zone zone = zones[place(position)];
        return zone != null && zone.start == position - position % zoneBytes ? zone : null;
    }

    private int place(long position) {
        return (int) (position / zoneBytes % zones.length);
    }

    private void keep(Ledger ledger, long position) {
        ledger.pin(position);
        floor = Math.min(floor, position);
    }

    // ---- appending

    /** Room for so many bytes, kept until {@link #done}; empty if something unacknowledged stands where the head would go. */
    List<Grant> reserve(Ledger ledger, int lengthBytes) {
        lock.lock();
        try {
            List<Grant> grants = isUsable() && !ledger.closed ? grants(ledger, lengthBytes) : List.of();
            if (grants.isEmpty()) {
                refusedBytes += lengthBytes;
            }
            return grants;
        } finally {
            lock.unlock();
        }
    }

    private List<Grant> grants(Ledger ledger, int lengthBytes) {
        Zone zone = current(ledger);
        int left = zone == null ? 0 : zoneBytes - zone.written;
        int newZones = Math.max(0, Math.ceilDiv(lengthBytes - left, zoneBytes));
        if (left > 0 && zone != null) {
            keep(ledger, zone.start + zone.written);
        }
        if (!ledger.hasRoom(newZones + 1) || !mayAdvance(newZones)) {
            return List.of();
        }
        List<Grant> grants = new ArrayList<>(newZones + 1);
        int granted = 0;
        while (granted < lengthBytes) {
            if (zone == null || zone.written == zoneBytes) {
                zone = advance(ledger, zone);
            }
            int length = Math.min(lengthBytes - granted, zoneBytes - zone.written);
            grants.add(new Grant(zone, zone.start + zone.written, length));
            keep(ledger, zone.start + zone.written);
            zone.written += length;
            granted += length;
        }
        storedBytes += lengthBytes;
        return grants;
    }

    /** The zone that the flow was appending to, if it is not overwritten; else one that another flow left. */
    private @Nullable Zone current(Ledger ledger) {
        Zone zone = ledger.zone;
        if (zone == null || at(zone.start) != zone) {
            zone = null;
            while (zone == null && !spares.isEmpty()) {
                Zone spare = spares.remove();
                zone = at(spare.start) == spare ? spare : null;
            }
            if (zone != null) {
                zone.owner = ledger;
            }
            ledger.zone = zone;
        }
        return zone;
    }

    private boolean mayAdvance(int newZones) {
        if (newZones == 0 || newZones > zones.length / 2) {
            return newZones == 0;
        }
        long overwritten = head + (long) (newZones - zones.length) * zoneBytes;
        if (overwritten > floor) {
            floor = lowestKept();
        }
        return overwritten <= floor;
    }

    private long lowestKept() {
        long lowest = Long.MAX_VALUE;
        for (Ledger ledger : ledgers) {
            lowest = Math.min(lowest, ledger.lowest());
        }
        return lowest;
    }

    private Zone advance(Ledger ledger, @Nullable Zone full) {
        Zone zone = new Zone(head, ledger);
        if (full != null) {
            full.next = head;
        }
        zones[place(head)] = zone;
        head += zoneBytes;
        ledger.zone = zone;
        return zone;
    }

    void write(Grant grant, byte[] from, int offset) throws IOException {
        storage.write(grant.position(), from, offset, grant.lengthBytes());
    }

    // ---- the end of a message

    /**
     * A message is packed and will be sent: keeps what it stores to and refers to until all before {@code endOffset} is
     * acknowledged, and lets go what was only looked at.
     *
     * @param lowestReference the lowest position that it refers to, {@link Long#MAX_VALUE} if to none
     */
    void done(Ledger ledger, long endOffset, List<Grant> grants, long lowestReference) {
        lock.lock();
        try {
            ledger.unpin();
            if (ledger.closed) {
                return;
            }
            if (lowestReference != Long.MAX_VALUE) {
                ledger.refers(endOffset, lowestReference);
            }
            for (Grant grant : grants) {
                ledger.appends(endOffset, grant);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a message more can be noted for this flow. */
    boolean hasRoom(Ledger ledger) {
        lock.lock();
        try {
            return ledger.hasRoom(1);
        } finally {
            lock.unlock();
        }
    }

    /** The message is not sent: what was granted is free again. */
    void cancel(Ledger ledger, List<Grant> grants) {
        lock.lock();
        try {
            for (int i = grants.size() - 1; i >= 0; i--) {
                Grant grant = grants.get(i);
                grant.zone().written = (int) (grant.position() - grant.zone().start);
                storedBytes -= grant.lengthBytes();
            }
            ledger.unpin();
        } finally {
            lock.unlock();
        }
    }

    /** The file cannot be read or written: the ring is of no use any more. A ring that was closed has not failed. */
    void failed(IOException cause) {
        if (!closed) {
            failure = String.valueOf(cause.getMessage());
        }
    }

    HistoryStatus status() {
        lock.lock();
        try {
            return new HistoryStatus((long) zoneBytes * zones.length, storedBytes, refusedBytes, failure);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        storage.close();
    }
}
