package io.culvert.gateway.relay.portmap;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 address and a port as six numbers with dots, {@code h1.h2.h3.h4.p1.p2} (RFC 5665, section 5.2.3.3), and as the
 * {@code struct sockaddr_in} of a Linux with little-endian order of {@code sa_family}.
 */
final class UniversalAddress {

    static final int MAX_PORT = 65_535;

    private static final int PARTS = 6;
    private static final int SOCKADDR_BYTES = 16;
    private static final int AF_INET = 2;

    private UniversalAddress() {}

    /**
     * The port, the last two numbers of an address of either family; nothing if they are none.
     */
    static Optional<Integer> port(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length < 3) {
            return Optional.empty();
        }
        String high = parts[parts.length - 2];
        String low = parts[parts.length - 1];
        if (!isNumber(high) || !isNumber(low)) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(high) << 8 | Integer.parseInt(low));
    }

    private static boolean isNumber(String part) {
        return part.matches("[0-9]{1,3}") && Integer.parseInt(part) <= 255;
    }

    static String of(Inet4Address address, int port) {
        return address.getHostAddress() + "." + (port >> 8) + "." + (port & 0xff);
    }

    /** The structure, nothing if the text is no such address. */
    static Optional<byte[]> toSockaddr(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        byte[] numbers = new byte[PARTS];
        for (int i = 0; i < PARTS; i++) {
            if (!isNumber(parts[i])) {
                return Optional.empty();
            }
            numbers[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(ByteBuffer.allocate(SOCKADDR_BYTES)
                .put((byte) AF_INET)
                .put((byte) 0)
                .put(numbers, 4, 2)
                .put(numbers, 0, 4)
                .array());
    }

    /** The text, empty if the bytes are no such structure; its family is not looked at, as rpcbind does not. */
    static String ofSockaddr(byte[] sockaddr) {
        if (sockaddr.length != SOCKADDR_BYTES) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (int at : new int[] {4, 5, 6, 7, 2, 3}) {
            text.append(text.isEmpty() ? "" : ".").append(sockaddr[at] & 0xff);
        }
        return text.toString();
    }
}
