package io.culvert.gateway.address;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells a network that an IPv4 address is at this host now: an ARP announcement (RFC 5227, section 3; RFC 826), a request for the own
 * address that nobody answers and everybody learns from. Needs CAP_NET_RAW.
 */
final class GratuitousArp {

    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final int ARPHRD_ETHER = 1;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int REQUEST = 1;
    private static final int HARDWARE_BYTES = 6;
    private static final int PROTOCOL_BYTES = 4;
    private static final int ARP_BYTES = 28;
    private static final int SOCKADDR_LL_BYTES = 20;

    private GratuitousArp() {}

    /**
     * Announces an address on an Ethernet interface.
     *
     * @throws IOException if it is none, or the kernel does not let it, with its errno
     */
    static void announce(Inet4Address address, NetworkInterface on) throws IOException {
        byte[] hardware = on.getHardwareAddress();
        if (hardware == null || hardware.length != HARDWARE_BYTES) {
            throw new IOException(on.getName() + " is no Ethernet");
        }
        try (RawSocket socket = RawSocket.open(AF_PACKET, SOCK_DGRAM, networkOrder(ETHERTYPE_ARP))) {
            socket.send(arp(hardware, address), everybodyOn(on.getIndex()), on.getName());
        }
    }

    /**
     * <pre>
     *   2 hardware type   2 protocol   1 hardware length   1 protocol length   2 operation
     *   6 sender's hardware address    4 sender's address  6 zeros             4 sender's address
     * </pre>
     */
    static byte[] arp(byte[] hardware, Inet4Address address) {
        return ByteBuffer.allocate(ARP_BYTES)
                .putShort((short) ARPHRD_ETHER)
                .putShort((short) ETHERTYPE_IPV4)
                .put((byte) HARDWARE_BYTES)
                .put((byte) PROTOCOL_BYTES)
                .putShort((short) REQUEST)
                .put(hardware)
                .put(address.getAddress())
                .put(new byte[HARDWARE_BYTES])
                .put(address.getAddress())
                .array();
    }

    /** A {@code sockaddr_ll} (packet(7)): family, protocol, interface, hardware type, packet type, length of the address, address. */
    private static byte[] everybodyOn(int index) {
        ByteBuffer to = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
        to.putShort((short) AF_PACKET);
        to.putShort((short) networkOrder(ETHERTYPE_ARP));
        to.putInt(index);
        to.putShort((short) 0).put((byte) 0).put((byte) HARDWARE_BYTES);
        for (int i = 0; i < HARDWARE_BYTES; i++) {
            to.put((byte) 0xff);
        }
        return to.array();
    }

    private static int networkOrder(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                ? value
                : Short.toUnsignedInt(Short.reverseBytes((short) value));
    }
}
