package io.culvert.siteconfig;

/**
 * Settings of console, API and metrics.
 *
 * @param listen where they are served over TLS
 */
public record Admin(HostPort listen) {
    /** What holds if the file says nothing: this machine only. */
    public static final Admin DEFAULT = new Admin(new HostPort("127.0.0.1", 9443));
}
