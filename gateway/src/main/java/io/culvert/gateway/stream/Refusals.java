package io.culvert.gateway.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last callers that were not let in, whoever they said they were; thread-safe. */
final class Refusals {

    /** How many are kept. */
    static final int MAX_KEPT = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<String> kept = new ArrayDeque<>();

    Refusals(InstantSource clock) {
        this.clock = clock;
    }

    void add(@Nullable Object remote, PeerRefusedException refused) {
        Instant now = clock.instant();
        LOG.atWarn()
                .addKeyValue("remote", remote)
                .addKeyValue("reason", refused.reason())
                .log("caller refused: {}", refused.getMessage());
        lock.lock();
        try {
            if (kept.size() == MAX_KEPT) {
                kept.removeFirst();
            }
            kept.addLast(now + " " + remote + " " + refused.reason() + ": " + refused.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Oldest first. */
    List<String> all() {
        lock.lock();
        try {
            return List.copyOf(kept);
        } finally {
            lock.unlock();
        }
    }
}
