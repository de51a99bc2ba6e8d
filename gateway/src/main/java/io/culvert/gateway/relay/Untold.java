package io.culvert.gateway.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends of connections that their far gateways may not have heard of: because no stream was there to tell, or because the one that told
 * was lost soon after. Told once more when a stream is there; who has heard of an end hears nothing new. Thread-safe.
 */
final class Untold {

    /** Remembered at most; the oldest is forgotten first, and its far end is held in vain for as long as the hold. */
    static final int MAX_REMEMBERED = 4096;

    /** A stream that lives for so long after it was told something has told it: a dead path is noticed sooner. */
    static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    /**
     * An end.
     *
     * @param why empty if it was in order, with nothing open but whether the far gateway heard the last word
     * @param receivedBytes what came from the far end, its end included
     */
    record End(FlowLabel flow, String why, long receivedBytes) {}

    private record Noted(End end, long atNanos) {}

    private static final class Newest extends LinkedHashMap<FlowId, Noted> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FlowId, Noted> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Newest newest = new Newest();
    private final Set<String> down = new HashSet<>();

    void add(End end, long nowNanos) {
        lock.lock();
        try {
            newest.put(end.flow().id(), new Noted(end, nowNanos));
        } finally {
            lock.unlock();
        }
    }

    /** The far gateway has heard of this one. */
    void told(FlowId id) {
        lock.lock();
        try {
            newest.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** The stream to this peer was lost at this time. */
    void down(String peer, long nowNanos) {
        lock.lock();
        try {
            forgetLocked(nowNanos);
            down.add(peer);
        } finally {
            lock.unlock();
        }
    }

    /** A stream to this peer is there: what it is to be told. */
    List<End> up(String peer, long nowNanos) {
        lock.lock();
        try {
            forgetLocked(nowNanos);
            down.remove(peer);
            List<End> its = new ArrayList<>();
            newest.values().removeIf(noted -> {
                boolean told = noted.end().flow().peer().equals(peer);
                if (told) {
                    its.add(noted.end());
                }
                return told;
            });
            return its;
        } finally {
            lock.unlock();
        }
    }

    private void forgetLocked(long nowNanos) {
        newest.values()
                .removeIf(noted -> !down.contains(noted.end().flow().peer())
                        && nowNanos - noted.atNanos() > LONG_ENOUGH.toNanos());
    }
}
