package io.culvert.gateway;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides when a peer is to be probed: when it has been away for a while, and not again soon. Times are of a ticker, in nanoseconds; for one thread. */
final class ProbeTimes {

    /** A stream that was cut comes back within this, if nothing blocks. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Between two probes of a peer. */
    static final Duration EVERY = Duration.ofMinutes(5);

    private final Map<String, Long> awaySince = new HashMap<>();
    private final Map<String, Long> probedAt = new HashMap<>();

    /** The peer that is due, if one is: of those that are away now, one that was not probed yet first. */
    Optional<String> due(Set<String> away, long nowNanos) {
        awaySince.keySet().retainAll(away);
        probedAt.keySet().retainAll(away);
        away.forEach(peer -> awaySince.putIfAbsent(peer, nowNanos));
        return away.stream()
                .filter(peer -> nowNanos - awaySince.getOrDefault(peer, nowNanos) >= PATIENCE.toNanos())
                .filter(peer -> !probedAt.containsKey(peer)
                        || nowNanos - probedAt.getOrDefault(peer, nowNanos) >= EVERY.toNanos())
                .sorted()
                .min((one, other) -> Boolean.compare(probedAt.containsKey(one), probedAt.containsKey(other)));
    }

    void probed(String peer, long nowNanos) {
        probedAt.put(peer, nowNanos);
    }
}
