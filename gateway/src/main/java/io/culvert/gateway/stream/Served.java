package io.culvert.gateway.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Who serves one kind of channel, and how many run: of all peers, and of one, so that none takes every place. Thread-safe. */
final class Served {

    private final ChannelHandler handler;
    private final int most;
    private final int mostOfOne;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> running = new HashMap<>();

    /** @param mostOfOne how many of a single peer run at a time, at most {@code most} */
    Served(ChannelHandler handler, int most, int mostOfOne) {
        this.handler = handler;
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    ChannelHandler handler() {
        return handler;
    }

    /** Takes a place for a channel of this peer, to be left by {@link #leave}; if there is none, the bound that says so. */
    Optional<String> enter(String peer) {
        lock.lock();
        try {
            int all = running.values().stream().mapToInt(Integer::intValue).sum();
            if (all >= most) {
                return Optional.of(most + " at a time");
            }
            if (running.getOrDefault(peer, 0) >= mostOfOne) {
                return Optional.of(mostOfOne + " of one peer at a time");
            }
            running.merge(peer, 1, Integer::sum);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void leave(String peer) {
        lock.lock();
        try {
            running.computeIfPresent(peer, (name, count) -> count > 1 ? count - 1 : null);
        } finally {
            lock.unlock();
        }
    }
}
