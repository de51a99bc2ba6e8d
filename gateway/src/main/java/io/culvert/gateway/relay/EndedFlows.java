package io.culvert.gateway.relay;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the last connections of each peer ended that it may ask for again, because the stream was lost before it heard. Peers know and
 * crowd out only their own. Thread-safe.
 *
 * @see RelayServer
 */
final class EndedFlows {

    /** Remembered at most, of each peer. */
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
    private final Map<String, Newest> newest = new HashMap<>();

    void add(String peer, FlowId id, Ended ended) {
        lock.lock();
        try {
            newest.computeIfAbsent(peer, fresh -> new Newest()).put(id, ended);
        } finally {
            lock.unlock();
        }
    }

    /** The same, if nothing is known of it. */
    void addIfAbsent(String peer, FlowId id, Ended ended) {
        lock.lock();
        try {
            newest.computeIfAbsent(peer, fresh -> new Newest()).putIfAbsent(id, ended);
        } finally {
            lock.unlock();
        }
    }

    Optional<Ended> get(String peer, FlowId id) {
        lock.lock();
        try {
            return Optional.ofNullable(newest.get(peer)).map(its -> its.get(id));
        } finally {
            lock.unlock();
        }
    }
}
