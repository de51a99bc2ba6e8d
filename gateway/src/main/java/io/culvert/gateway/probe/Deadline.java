package io.culvert.gateway.probe;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Until when something may take, of a ticker in nanoseconds. What has a limit of its own begins only if the deadline {@link #allows} that, so that
 * nothing is ever broken off in the middle and then taken for an answer.
 */
final class Deadline {

    private final LongSupplier ticker;
    private final long untilNanos;

    private Deadline(LongSupplier ticker, long untilNanos) {
        this.ticker = ticker;
        this.untilNanos = untilNanos;
    }

    static Deadline in(LongSupplier ticker, Duration time) {
        return new Deadline(ticker, ticker.getAsLong() + time.toNanos());
    }

    /** The same, or an earlier one if so long from now is earlier. */
    Deadline within(Duration time) {
        return time.compareTo(left()) < 0 ? in(ticker, time) : this;
    }

    /** What is left; zero when it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, untilNanos - ticker.getAsLong()));
    }

    boolean allows(Duration time) {
        return left().compareTo(time) >= 0;
    }
}
