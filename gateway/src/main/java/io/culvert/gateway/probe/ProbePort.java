package io.culvert.gateway.probe;

/**
 * A TCP port that is tried.
 *
 * @param tls a gateway's: TLS is tried, RPC only if no other port is open
 * @param mustSecure that TLS does not come up is a finding, also if nothing is known of who is to answer
 */
public record ProbePort(int port, Need need, boolean tls, boolean mustSecure) {

    /** One where it is not, unless something is known. */
    public ProbePort(int port, Need need, boolean tls) {
        this(port, need, tls, false);
    }

    /** What it means that it does not open. */
    public enum Need {
        /** It is what was asked about. */
        REQUIRED,
        /** An appliance of this kind usually serves it; that it is refused alone means nothing. */
        USUAL,
        /** It is tried for what it tells about filters; never a reason for a verdict. */
        OBSERVED,
        /** The same, and only where one that was asked about does not open; of these a few. */
        IN_DOUBT;

        /** Whether it may be a reason for a verdict. */
        boolean counts() {
            return this == REQUIRED || this == USUAL;
        }
    }

    public ProbePort {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port must be 1 to 65535, was " + port);
        }
    }
}
