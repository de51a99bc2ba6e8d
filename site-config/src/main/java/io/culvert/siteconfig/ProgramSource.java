package io.culvert.siteconfig;

/** Where the portmapper of an appliance has its programs from. */
public enum ProgramSource {
    /** From the portmapper of the real appliance, asked again and again; from {@code services} until it was asked once. */
    LEARNED,
    /** From {@code services} alone. */
    FIXED
}
