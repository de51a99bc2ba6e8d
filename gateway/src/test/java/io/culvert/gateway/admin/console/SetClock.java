package io.culvert.gateway.admin.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test sets, and its ticker. */
final class SetClock implements InstantSource {
    private Instant now = Instant.parse("2026-11-21T03:00:00Z");
    private long nanos;

    @Override
    public Instant instant() {
        return now;
    }

    long nanos() {
        return nanos;
    }

    void pass(Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }

    /** Somebody sets the clock; no time passes. */
    void set(Duration by) {
        now = now.plus(by);
    }
}
