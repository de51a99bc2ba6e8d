package io.culvert.siteconfig;

import java.time.Duration;

/**
 * Settings of all relayed connections.
 *
 * @param hold for so long a local connection outlives a lost stream, 0 to {@link #MAX_HOLD}
 */
public record Relay(Duration hold, Dedup dedup) {
    /** A day: what is held costs memory. */
    public static final Duration MAX_HOLD = Duration.ofDays(1);

    /** What holds if the file says nothing. */
    public static final Relay DEFAULT = new Relay(Duration.ofSeconds(300), Dedup.AUTO);

    /** Checks the bounds. */
    public Relay {
        if (hold.isNegative() || hold.compareTo(MAX_HOLD) > 0) {
            throw new IllegalArgumentException("hold must be 0s to 1d, was " + Durations.format(hold));
        }
    }

    /** Whether relayed bytes are deduplicated. */
    public enum Dedup {
        /** On no flow. */
        OFF,
        /** Per flow, where it is seen to help. */
        AUTO,
        /** On every flow. */
        ON
    }
}
