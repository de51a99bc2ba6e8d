package io.culvert.gateway.stream;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubles with each failure, with jitter of half of it. Not thread-safe. */
final class BackOff {

    private final Duration min;
    private final Duration max;
    private final RandomGenerator random;
    private long nextNanos;

    BackOff(Duration min, Duration max, RandomGenerator random) {
        this.min = min;
        this.max = max;
        this.random = random;
        this.nextNanos = min.toNanos();
    }

    /** The next wait: between half of the step and the step. */
    Duration next() {
        long step = nextNanos;
        nextNanos = Math.min(2 * step, max.toNanos());
        return Duration.ofNanos(step / 2 + random.nextLong(step / 2 + 1));
    }

    void reset() {
        nextNanos = min.toNanos();
    }
}
