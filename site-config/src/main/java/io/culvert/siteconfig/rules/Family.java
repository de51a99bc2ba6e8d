package io.culvert.siteconfig.rules;

import java.net.Inet6Address;
import java.net.InetAddress;

/** The two sorts of IP addresses; no rule has both. */
enum Family {
    IPV4("v4", 32),
    IPV6("v6", 128);

    private final String word;
    private final int bits;

    Family(String word, int bits) {
        this.word = word;
        this.bits = bits;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet6Address ? IPV6 : IPV4;
    }

    /** As it ends the names of objects. */
    String word() {
        return word;
    }

    int bits() {
        return bits;
    }
}
