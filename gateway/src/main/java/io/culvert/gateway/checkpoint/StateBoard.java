package io.culvert.gateway.checkpoint;

import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a store's present state and logs each change of its health once. Closed is final. */
final class StateBoard {
    private static final Logger LOG = LoggerFactory.getLogger(StateBoard.class);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile StoreState state;

    StateBoard(InstantSource clock, StoreState.Health health, String sentence) {
        this.clock = clock;
        this.state = new StoreState(health, clock.instant(), sentence);
    }

    StoreState state() {
        return state;
    }

    void set(StoreState.Health health, String sentence) {
        lock.lock();
        try {
            StoreState former = state;
            if (former.health() == StoreState.Health.CLOSED) {
                return;
            }
            boolean changed = former.health() != health;
            state = new StoreState(health, changed ? clock.instant() : former.since(), sentence);
            if (!changed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.atLevel(health == StoreState.Health.REFUSED ? org.slf4j.event.Level.ERROR : org.slf4j.event.Level.INFO)
                .addKeyValue("health", health)
                .log("checkpoint store: {}", sentence);
    }
}
