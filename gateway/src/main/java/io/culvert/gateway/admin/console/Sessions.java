package io.culvert.gateway.admin.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Sessions of the console. One ends {@link #LIFE} after it was opened, {@link #IDLE} after it was used last, when it is
 * ended, or when {@link #MAX_SESSIONS} others are used more recently. Thread-safe.
 */
final class Sessions {
    static final Duration LIFE = Duration.ofHours(12);
    static final Duration IDLE = Duration.ofHours(1);
    static final int MAX_SESSIONS = 64;

    private record Times(Instant opened, Instant used) {
        Instant end() {
            Instant idle = used.plus(IDLE);
            Instant absolute = opened.plus(LIFE);
            return idle.isBefore(absolute) ? idle : absolute;
        }
    }

    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Times> byHash = new HashMap<>();

    Sessions(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Opens one. @return the token that its bearer shows */
    String open() {
        String token = Secret.next(random);
        Instant now = clock.instant();
        lock.lock();
        try {
            forgetEnded(now);
            if (byHash.size() == MAX_SESSIONS) {
                byHash.entrySet().stream()
                        .min(Comparator.comparing(entry -> entry.getValue().used()))
                        .map(Map.Entry::getKey)
                        .ifPresent(byHash::remove);
            }
            byHash.put(Secret.hash(token), new Times(now, now));
        } finally {
            lock.unlock();
        }
        return token;
    }

    /** When it ends unless it is used; nothing if it has ended or never was. */
    Optional<Instant> look(String token) {
        return find(token, false);
    }

    /** The same, and counts as use. */
    Optional<Instant> use(String token) {
        return find(token, true);
    }

    private Optional<Instant> find(String token, boolean use) {
        String hash = Secret.hash(token);
        Instant now = clock.instant();
        lock.lock();
        try {
            forgetEnded(now);
            Times times = byHash.get(hash);
            if (times == null) {
                return Optional.empty();
            }
            Times after = use ? new Times(times.opened(), now) : times;
            byHash.put(hash, after);
            return Optional.of(after.end());
        } finally {
            lock.unlock();
        }
    }

    void end(String token) {
        String hash = Secret.hash(token);
        lock.lock();
        try {
            byHash.remove(hash);
        } finally {
            lock.unlock();
        }
    }

    /** Also those from the future of a clock that was set back. */
    private void forgetEnded(Instant now) {
        byHash.values()
                .removeIf(times -> !times.end().isAfter(now) || times.opened().isAfter(now.plus(IDLE)));
    }
}
