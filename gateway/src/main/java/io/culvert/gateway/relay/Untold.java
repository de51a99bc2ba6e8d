package io.culvert.gateway.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends of connections that their far gateways are not known to have heard of: because no stream was there to tell, or because the one that
 * told was lost soon after. Each is told again until the far gateway has answered; who has heard of an end hears nothing new. Thread-safe.
 */
final class Untold {

    /** Remembered at most; the oldest is forgotten first, and its far end is held in vain for as long as the hold. */
    static final int MAX_REMEMBERED = 4096;

    /** So long an end has to be heard of by itself, through the channel that carried the connection. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Far gateways hold no longer, unless somebody has written a longer hold into their site file. */
    static final Duration FORGOTTEN = Duration.ofHours(1);

    /** Told at a time, of all peers, so that others find room in the stream. */
    static final int AT_A_TIME = 256;

    /**
     * An end.
     *
     * @param why empty if it was in order, with nothing open but whether the far gateway heard the last word
     * @param receivedBytes what came from the far end, its end included
     */
    record End(FlowLabel flow, String why, long receivedBytes) {}

    private static final class Noted {
        private final End end;
        private final long sinceNanos;
        private boolean beingTold;

        private Noted(End end, long sinceNanos) {
            this.end = end;
            this.sinceNanos = sinceNanos;
        }
    }

    private static final class Newest extends LinkedHashMap<FlowId, Noted> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FlowId, Noted> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Newest newest = new Newest();

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

    /** What was to tell this one was lost, or could not be had. */
    void lost(FlowId id) {
        lock.lock();
        try {
            Noted noted = newest.get(id);
            if (noted != null) {
                noted.beingTold = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is to be told now, to any peer; each is then being told until {@link #told} or {@link #lost}. To be asked now and then. */
    List<End> due(long nowNanos) {
        lock.lock();
        try {
            newest.values().removeIf(noted -> nowNanos - noted.sinceNanos > FORGOTTEN.toNanos());
            List<End> due = new ArrayList<>();
            for (Noted noted : newest.values()) {
                if (!noted.beingTold && nowNanos - noted.sinceNanos >= PATIENCE.toNanos() && due.size() < AT_A_TIME) {
                    noted.beingTold = true;
                    due.add(noted.end);
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }
}
