package io.culvert.gateway.address;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells a network that an IPv6 address is at this host now: an unsolicited neighbour advertisement to all nodes (RFC 4861, sections 4.4
 * and 7.2.6), which whoever knew the address elsewhere takes over. Needs CAP_NET_RAW.
 */
final class NeighbourAdvertisement {

    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MULTICAST_HOPS = 18;

    /** Receivers ignore one that a router may have passed on. */
    private static final int HOPS = 255;

    private static final int ADVERTISEMENT = 136;

    /** What is said counts more than what is known; neither a router's nor an answer. */
    private static final int OVERRIDE = 0x2000_0000;

    private static final int TARGET_LINK_LAYER_ADDRESS = 2;
    private static final int HARDWARE_BYTES = 6;
    private static final int OPTION_BYTES = 2 + HARDWARE_BYTES;
    private static final int MESSAGE_BYTES = 24 + OPTION_BYTES;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final byte[] ALL_NODES = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private NeighbourAdvertisement() {}

    /**
     * Announces an address on an Ethernet interface that has an IPv6 address of its own.
     *
     * @throws IOException if it is none, or the kernel does not let it, with its errno
     */
    static void announce(Inet6Address address, NetworkInterface on) throws IOException {
        byte[] hardware = on.getHardwareAddress();
        if (hardware == null || hardware.length != HARDWARE_BYTES) {
            throw new IOException(on.getName() + " is no Ethernet");
        }
        try (RawSocket socket = RawSocket.open(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)) {
            socket.set(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOPS);
            socket.send(message(hardware, address), everybodyOn(on.getIndex()), on.getName());
        }
    }

    /**
     * The kernel puts in the checksum (RFC 3542, section 3.1).
     *
     * <pre>
     *   1 type   1 code   2 checksum   4 flags   16 the address
     *   1 option 1 its length in units of 8      6 hardware address
     * </pre>
     */
    static byte[] message(byte[] hardware, Inet6Address address) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .put((byte) ADVERTISEMENT)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(OVERRIDE)
                .put(address.getAddress())
                .put((byte) TARGET_LINK_LAYER_ADDRESS)
                .put((byte) (OPTION_BYTES / 8))
                .put(hardware)
                .array();
    }

    /** A {@code sockaddr_in6} (ipv6(7)): family, port, flow information, address, interface. */
    private static byte[] everybodyOn(int index) {
        ByteBuffer to = ByteBuffer.allocate(SOCKADDR_IN6_BYTES).order(ByteOrder.nativeOrder());
        to.putShort((short) AF_INET6).putShort((short) 0).putInt(0);
        to.put(ALL_NODES);
        to.putInt(index);
        return to.array();
    }
}
