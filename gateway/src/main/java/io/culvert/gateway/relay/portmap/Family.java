package io.culvert.gateway.relay.portmap;

import java.net.Inet6Address;
import java.net.InetAddress;

/** The family of an address, which says what transports are called there (RFC 5665, section 5.2). */
enum Family {
    INET("inet", "", 2),
    INET6("inet6", "6", 3);

    private final String text;
    private final String suffix;
    private final int lowestRegistered;

    Family(String text, String suffix, int lowestRegistered) {
        this.text = text;
        this.suffix = suffix;
        this.lowestRegistered = lowestRegistered;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet6Address ? INET6 : INET;
    }

    /** {@code nc_protofmly} of netconfig. */
    String text() {
        return text;
    }

    /** What a transport is called on the wire. */
    String netId(NetId by) {
        return by.text() + suffix;
    }

    /** The lowest version of itself that rpcbind registers; it serves version 2, which knows no families, in both. */
    int lowestRegistered() {
        return lowestRegistered;
    }
}
