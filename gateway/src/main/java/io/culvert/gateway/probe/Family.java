package io.culvert.gateway.probe;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** IPv4 and IPv6 as Linux numbers them: families, levels, options (ip(7), ipv6(7)), and how an address lies in memory. */
enum Family {
    IPV4(2, 0, 1, 2, 11, 12, 2, 10, 21, 20),
    IPV6(10, 41, 58, 16, 25, 51, 52, 23, 73, 40);

    /** Sends with DF and believes no path MTU but the interface's (IP_PMTUDISC_PROBE). */
    static final int MTU_PROBE = 3;

    private static final int V4_BYTES = 16;
    private static final int V6_BYTES = 28;

    final int domain;
    final int level;
    final int icmp;
    final int hopLimit;
    final int receiveErrors;
    final int receiveHopLimit;
    /** The control message that carries the hop limit. */
    final int hopLimitMessage;

    final int mtuDiscover;
    final int minHopLimit;
    /** Of the IP header without options. */
    final int headerBytes;

    Family(
            int domain,
            int level,
            int icmp,
            int hopLimit,
            int receiveErrors,
            int receiveHopLimit,
            int hopLimitMessage,
            int mtuDiscover,
            int minHopLimit,
            int headerBytes) {
        this.domain = domain;
        this.level = level;
        this.icmp = icmp;
        this.hopLimit = hopLimit;
        this.receiveErrors = receiveErrors;
        this.receiveHopLimit = receiveHopLimit;
        this.hopLimitMessage = hopLimitMessage;
        this.mtuDiscover = mtuDiscover;
        this.minHopLimit = minHopLimit;
        this.headerBytes = headerBytes;
    }

    String words() {
        return this == IPV4 ? "IPv4" : "IPv6";
    }

    static Family of(InetAddress address) {
        return address instanceof Inet6Address ? IPV6 : IPV4;
    }

    /** A {@code sockaddr}: family and, from byte 2 on, port and address in network order. */
    static byte[] socketAddress(InetAddress address, int port) {
        Family family = of(address);
        ByteBuffer bytes = ByteBuffer.allocate(family == IPV4 ? V4_BYTES : V6_BYTES);
        bytes.order(ByteOrder.nativeOrder()).putShort((short) family.domain);
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        if (address instanceof Inet6Address six) {
            bytes.putInt(0).put(address.getAddress());
            bytes.order(ByteOrder.nativeOrder()).putInt(six.getScopeId());
        } else {
            bytes.put(address.getAddress());
        }
        return bytes.array();
    }
}
