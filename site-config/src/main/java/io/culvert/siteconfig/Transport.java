package io.culvert.siteconfig;

/** What carries an appliance's service. */
public enum Transport {
    /** TCP only. */
    TCP,
    /** UDP only. */
    UDP,
    /** Both, on the same ports. */
    BOTH;

    boolean overlaps(Transport other) {
        return this == other || this == BOTH || other == BOTH;
    }
}
