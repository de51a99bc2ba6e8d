package io.culvert.gateway.probe;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Divides the time of a probe among its parts: pure. A part gets what those behind it can spare, at least what it needs to say anything, and nothing
 * if that is not left; so the parts together never take more than there is.
 */
final class Shares {

    private final Map<Part, Duration> least = new EnumMap<>(Part.class);

    /**
     * Of a probe.
     *
     * @param ports how many are tried, of which {@link Connecting#MAX_AT_ONCE} at a time
     * @param call there is to be one; else nothing is kept for it
     */
    Shares(int ports, boolean call) {
        for (Part part : Part.values()) {
            least.put(part, part.least);
        }
        if (!call) {
            least.put(Part.CALL, Duration.ZERO);
        }
        least.put(Part.CONNECT, Part.CONNECT.least.multipliedBy(Math.ceilDiv(ports, Connecting.MAX_AT_ONCE)));
    }

    /** How long a part may take. @param left of the whole probe */
    Optional<Duration> of(Part part, Duration left) {
        Duration needed = least(part);
        if (left.compareTo(needed) < 0) {
            return Optional.empty();
        }
        Duration spared = Arrays.stream(Part.values())
                .filter(later -> later.compareTo(part) > 0)
                .map(this::least)
                .reduce(left, Duration::minus);
        Duration most = part.most.compareTo(needed) < 0 ? needed : part.most;
        return Optional.of(spared.compareTo(needed) < 0 ? needed : spared.compareTo(most) > 0 ? most : spared);
    }

    private Duration least(Part part) {
        return least.getOrDefault(part, part.least);
    }
}
