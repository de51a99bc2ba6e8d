package io.culvert.gateway.stream;

import java.time.Duration;

/**
 * How long a stream waits for what.
 *
 * @param ping between two pings
 * @param deadAfter without a byte from the peer the path is dead
 * @param hello until a new connection is up, from the dial to the hellos
 * @param backOffMin before the first new attempt; doubles up to {@code backOffMax}, each with jitter
 * @param steadyAfter a stream that lived this long starts its back-off anew
 */
public record StreamTiming(
        Duration ping,
        Duration deadAfter,
        Duration hello,
        Duration backOffMin,
        Duration backOffMax,
        Duration steadyAfter) {

    public static final StreamTiming USUAL = new StreamTiming(
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            Duration.ofSeconds(10),
            Duration.ofMillis(250),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20));

    public StreamTiming {
        if (deadAfter.compareTo(ping.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("deadAfter must be >= 2 x ping, was " + deadAfter + ", ping " + ping);
        }
        if (backOffMin.isNegative() || backOffMin.isZero() || backOffMax.compareTo(backOffMin) < 0) {
            throw new IllegalArgumentException(
                    "back-off must be 0 < min <= max, was " + backOffMin + ".." + backOffMax);
        }
    }
}
