package io.culvert.gateway.admin.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * One-time codes that open a session. A code is good once and for {@link #LIFE}; of {@link #MAX_OUTSTANDING} the oldest
 * gives way to a new one, so that whoever may ask for codes always gets one. Thread-safe.
 */
final class SignInCodes {
    static final Duration LIFE = Duration.ofMinutes(5);
    static final int MAX_OUTSTANDING = 16;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Instant> expiryByHash = new LinkedHashMap<>();

    SignInCodes(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    SignIn.Code mint() {
        String text = Secret.next(random);
        Instant now = clock.instant();
        lock.lock();
        try {
            forgetOld(now);
            if (expiryByHash.size() == MAX_OUTSTANDING) {
                Iterator<String> oldest = expiryByHash.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
            expiryByHash.put(Secret.hash(text), now.plus(LIFE));
        } finally {
            lock.unlock();
        }
        return new SignIn.Code(text, now.plus(LIFE));
    }

    /** Uses a code up; false if there is none like it. */
    boolean redeem(String text) {
        String hash = Secret.hash(text);
        Instant now = clock.instant();
        lock.lock();
        try {
            forgetOld(now);
            return expiryByHash.remove(hash) != null;
        } finally {
            lock.unlock();
        }
    }

    /** Also those from before the clock was set back: none is good longer than {@link #LIFE} from now. */
    private void forgetOld(Instant now) {
        expiryByHash.values().removeIf(expiry -> !expiry.isAfter(now) || expiry.isAfter(now.plus(LIFE)));
    }
}
