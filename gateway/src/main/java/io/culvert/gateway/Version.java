package io.culvert.gateway;

/** The version of this program, as its jar says. */
public final class Version {

    private Version() {}

    /** The version, or {@code development} when it does not run from its jar. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
