package io.culvert.gateway.checkpoint.doctor;

import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A histogram as Prometheus has it.
 *
 * @param cumulative upper bounds, the last one infinite, and how many observations are at or below each
 */
record Histogram(NavigableMap<Double, Double> cumulative) {

    static final Histogram EMPTY = new Histogram(new TreeMap<>());

    /** What was observed after an earlier look; all of it if the counts went back, because the member was started anew. */
    Histogram since(Histogram earlier) {
        NavigableMap<Double, Double> difference = new TreeMap<>();
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            double grown = bucket.getValue() - earlier.cumulative.getOrDefault(bucket.getKey(), 0.0);
            if (grown < 0) {
                return this;
            }
            difference.put(bucket.getKey(), grown);
        }
        return new Histogram(difference);
    }

    /** By linear interpolation within a bucket; what is in the last bucket is at its lower bound. Empty if nothing was observed. */
    OptionalDouble quantile(double share) {
        double all = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
        if (all <= 0) {
            return OptionalDouble.empty();
        }
        double wanted = share * all;
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            double upper = bucket.getKey();
            double count = bucket.getValue();
            if (count >= wanted && count > below) {
                return OptionalDouble.of(
                        Double.isInfinite(upper)
                                ? lower
                                : lower + (upper - lower) * (wanted - below) / (count - below));
            }
            lower = upper;
            below = count;
        }
        return OptionalDouble.of(lower);
    }
}
