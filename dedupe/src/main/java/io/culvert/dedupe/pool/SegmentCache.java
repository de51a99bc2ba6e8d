package io.culvert.dedupe.pool;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The decoded segments that were read last, at most so many bytes of them; safe for concurrent use. */
final class SegmentCache {

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Long, DecodedSegment> segments = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    SegmentCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    Optional<DecodedSegment> get(Place place) {
        lock.lock();
        try {
            return Optional.ofNullable(segments.get(key(place)));
        } finally {
            lock.unlock();
        }
    }

    void put(Place place, DecodedSegment segment) {
        lock.lock();
        try {
            DecodedSegment old = segments.put(key(place), segment);
            bytes += segment.rawBytes() - (old == null ? 0 : old.rawBytes());
            var eldest = segments.entrySet().iterator();
            while (bytes > maxBytes && eldest.hasNext()) {
                Map.Entry<Long, DecodedSegment> entry = eldest.next();
                bytes -= entry.getValue().rawBytes();
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private static long key(Place place) {
        return ((long) place.container() << 32) | place.offsetBytes();
    }
}
