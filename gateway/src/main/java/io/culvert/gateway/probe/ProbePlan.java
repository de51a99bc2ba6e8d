package io.culvert.gateway.probe;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is to be probed, and how far that may go.
 *
 * @param host a name or an address
 * @param expectation who answers at ports with TLS
 * @param rpc send calls as well: they are what a system between the hosts may punish with a quarantine
 * @param trigger provoke that on purpose, and watch it for {@code watch} at most
 * @param refusal what is known of why the peer does not let this site in
 * @param rates what is known of how fast bytes go
 * @param unmeasured why that is not known, though it was asked for
 * @param limit it ends within this, {@link #LIMIT} or less; only a quarantine that is triggered is watched for longer
 */
public record ProbePlan(
        String host,
        List<ProbePort> ports,
        Expectation expectation,
        boolean rpc,
        boolean trigger,
        Duration watch,
        Optional<String> refusal,
        Optional<Throughput> rates,
        Optional<String> unmeasured,
        Duration limit) {

    /** Without the quarantine test a probe takes no longer, and the command that asks for it a few seconds more. */
    public static final Duration LIMIT = Duration.ofSeconds(52);

    /** A stream that is slower than this in either direction is named, bytes a second. */
    public static final double SLOW_BYTES_PER_SECOND = 125_000;

    /** How many ports may be probed at a time. */
    public static final int MAX_PORTS = 128;

    /** The longest watch. */
    public static final Duration MAX_WATCH = Duration.ofHours(1);

    public ProbePlan {
        ports = List.copyOf(ports);
        if (ports.isEmpty() || ports.size() > MAX_PORTS) {
            throw new IllegalArgumentException("1 to " + MAX_PORTS + " ports are probed, were " + ports.size());
        }
        if (limit.isNegative() || limit.compareTo(LIMIT) > 0) {
            throw new IllegalArgumentException("a probe takes " + LIMIT + " at most, not " + limit);
        }
        if (watch.compareTo(MAX_WATCH) > 0) {
            throw new IllegalArgumentException("it is watched for " + MAX_WATCH + " at most");
        }
    }

    /** How fast bytes went through the stream, in bytes a second. @param sentLossPercent of what was sent had to be sent again */
    public record Throughput(
            double sentPerSecond,
            double receivedPerSecond,
            double sentLossPercent,
            double receivedLossPercent,
            double roundTripMillis) {}
}
