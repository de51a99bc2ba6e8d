package io.culvert.gateway.relay;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the last connections ended that a peer may ask for again, because the stream was lost before it heard. Thread-safe.
 *
 * @see RelayServer
 */
final class EndedFlows {

    /** Remembered at most. */
    static final int MAX_REMEMBERED = 4096;

    /**
     * An end.
     *
     * @param receivedBytes what this side had received, its end included
     * @param why empty if it ended in order
     */
    record Ended(long receivedBytes, String why) {}

    private static final class Newest extends LinkedHashMap<FlowId, Ended> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FlowId, Ended> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Newest newest = new Newest();

    void add(FlowId id, Ended ended) {
        lock.lock();
        try {
            newest.put(id, ended);
        } finally {
            lock.unlock();
        }
    }

    Optional<Ended> get(FlowId id) {
        lock.lock();
        try {
            return Optional.ofNullable(newest.get(id));
        } finally {
            lock.unlock();
        }
    }
}
