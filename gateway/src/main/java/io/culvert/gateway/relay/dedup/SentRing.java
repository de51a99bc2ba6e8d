package io.culvert.gateway.relay.dedup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(SentRing.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final RingStorage storage;
    private final Zones zones;
    private final PositionIndex index;
    private final Set<Ledger> ledgers = new LinkedHashSet<>();
    /** At most the lowest position that any flow keeps. */
    private long floor = Long.MAX_VALUE;

    private long storedBytes;
    private long refusedBytes;
    private volatile boolean closed;
    /** Of the file, as a sentence; empty while it is of use. */
    private volatile String failure = "";

    private SentRing(RingStorage storage, Zones zones) {
        this.storage = storage;
        this.zones = zones;
        this.index = new PositionIndex(zones.ringBytes());
    }

    /** A ring of about this size, or null if that is too small to be one. */
    static @Nullable SentRing open(RingStorage.Opener opener, long sizeBytes) throws IOException {
        Zones zones = new Zones(sizeBytes);
        return zones.count() < Zones.LEAST_ZONES ? null : new SentRing(opener.open(zones.ringBytes()), zones);
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
            zones.leave(ledger);
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
            int readable = ledger.closed ? 0 : Math.min(most, zones.readable(ledger, position));
            if (readable > 0) {
                keep(ledger, position);
            }
            return readable;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #readable}, for the bytes that end before a position. */
    int readableBefore(Ledger ledger, long position, int most) {
        lock.lock();
        try {
            int readable = ledger.closed ? 0 : Math.min(most, zones.readableBefore(ledger, position));
            if (readable > 0) {
                keep(ledger, position - readable);
            }
            return readable;
        } finally {
            lock.unlock();
        }
    }

    /** The position so many bytes further on in what its flow appended. */
    long advance(long position, int bytes) {
        lock.lock();
        try {
            return zones.advance(position, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Where a flow went on that had come to this position. */
    long follow(long position) {
        lock.lock();
        try {
            return zones.follow(position);
        } finally {
            lock.unlock();
        }
    }

    void read(long position, byte[] to, int offset, int length) throws IOException {
        storage.read(position, to, offset, length);
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
        int zoneBytes = zones.zoneBytes();
        Zone zone = zones.current(ledger);
        int left = zone == null ? 0 : zoneBytes - zone.written;
        int newZones = Math.max(0, Math.ceilDiv(lengthBytes - left, zoneBytes));
        if (left > 0 && zone != null) {
            keep(ledger, zone.start + zone.written);
        }
        if (!ledger.hasRoom(newZones + 1) || !mayBegin(newZones)) {
            return List.of();
        }
        List<Grant> grants = new ArrayList<>(newZones + 1);
        for (int granted = 0; granted < lengthBytes; ) {
            if (zone == null || zone.written == zoneBytes) {
                zone = zones.begin(ledger, zone);
            }
            Grant grant = new Grant(
                    zone, zone.start + zone.written, Math.min(lengthBytes - granted, zoneBytes - zone.written));
            grants.add(grant);
            keep(ledger, grant.position());
            zone.written += grant.lengthBytes();
            granted += grant.lengthBytes();
        }
        storedBytes += lengthBytes;
        return grants;
    }

    private boolean mayBegin(int newZones) {
        if (newZones == 0 || newZones > zones.count() / 2) {
            return newZones == 0;
        }
        long overwritten = zones.overwrittenBy(newZones);
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

    /**
     * The file cannot be read or written: the ring is of no use any more, and its room on the disk is given back. A ring that was
     * closed has not failed.
     */
    void failed(IOException cause) {
        if (!isUsable()) {
            return;
        }
        failure = String.valueOf(cause.getMessage());
        try {
            storage.close();
        } catch (IOException e) {
            failure = failure + "; and closing it: " + e.getMessage();
        }
        LOG.warn("no dedup of what is relayed, until the gateway of either site is started anew: {}", failure);
    }

    HistoryStatus status() {
        lock.lock();
        try {
            return new HistoryStatus(zones.ringBytes(), storedBytes, refusedBytes, failure);
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
