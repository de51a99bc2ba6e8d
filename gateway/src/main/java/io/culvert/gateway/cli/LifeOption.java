package io.culvert.gateway.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a one-time token is good. */
final class LifeOption {

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long the token is good, such as 30m or 2h; 1h if not given.")
    private Duration life = Duration.ofHours(1);

    Duration life() {
        return life;
    }
}
