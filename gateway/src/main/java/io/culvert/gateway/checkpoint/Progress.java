package io.culvert.gateway.checkpoint;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far an attempt has come.
 *
 * @param acknowledgedBytes what the receiver has verified and made durable; never more than that
 * @param counters further counts for people, by name; at most {@link #MAX_COUNTERS}
 */
public record Progress(long acknowledgedBytes, NavigableMap<String, Long> counters) {
    public static final int MAX_COUNTERS = 24;
    static final int MAX_COUNTER_NAME_BYTES = 40;

    public static final Progress NONE = new Progress(0, Map.of());

    public Progress {
        if (acknowledgedBytes < 0) {
            throw new IllegalArgumentException("acknowledgedBytes must be >= 0, was " + acknowledgedBytes);
        }
        if (counters.size() > MAX_COUNTERS) {
            throw new IllegalArgumentException(
                    "counters must be at most " + MAX_COUNTERS + ", were " + counters.size());
        }
        counters.keySet().forEach(name -> Names.require("counter", name, MAX_COUNTER_NAME_BYTES));
        counters = Collections.unmodifiableNavigableMap(new TreeMap<>(counters));
    }

    public Progress(long acknowledgedBytes, Map<String, Long> counters) {
        this(acknowledgedBytes, (NavigableMap<String, Long>) new TreeMap<>(counters));
    }
}
