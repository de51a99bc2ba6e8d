package io.culvert.gateway.probe;

import java.util.Locale;

/** How well the evidence separates a verdict from its neighbours. */
public enum Confidence {
    /** No other verdict explains what was seen. */
    HIGH,
    /** Another one would need a coincidence. */
    MEDIUM,
    /** The evidence names which other one it may be, and what would tell. */
    LOW;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
