package io.culvert.gateway.relay.portmap;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * An address and a port as text, {@code h1.h2.h3.h4.p1.p2}, or of IPv6 {@code x1:x2:…:x8.p1.p2} with its zeros shortened (RFC 5665,
 * sections 5.2.3.3 and 5.2.3.4), and as the {@code struct sockaddr_in} or {@code sockaddr_in6} of a Linux with little-endian order
 * of {@code sa_family}.
 */
final class UniversalAddress {

    static final int MAX_PORT = 65_535;

    private static final int PARTS = 6;
    private static final int GROUPS = 8;
    private static final int SOCKADDR_BYTES = 16;
    private static final int SOCKADDR_BYTES_OF_INET6 = 28;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

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

    static String of(InetAddress address, int port) {
        return host(address.getAddress()) + "." + (port >> 8) + "." + (port & 0xff);
    }

    /** As {@code inet_ntop} of the C library writes it. */
    private static String host(byte[] bytes) {
        if (bytes.length == Integer.BYTES) {
            return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int from = 0;
        int zeros = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > zeros && run > 1) {
                from = i;
                zeros = run;
            }
        }
        boolean embedsIpv4 = from == 0 && (zeros == 6 || zeros == 5 && groups[5] == 0xffff);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < (embedsIpv4 ? 6 : GROUPS); i++) {
            if (zeros > 0 && i >= from && i < from + zeros) {
                text.append(i == from ? "::" : "");
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        if (embedsIpv4) {
            text.append(text.toString().endsWith(":") ? "" : ":").append(host(Arrays.copyOfRange(bytes, 12, 16)));
        }
        return text.toString();
    }

    /** The structure, nothing if the text is no such address. */
    static Optional<byte[]> toSockaddr(Family family, String text) {
        return switch (family) {
            case INET -> sockaddr(text);
            case INET6 -> sockaddrOfInet6(text);
        };
    }

    private static Optional<byte[]> sockaddr(String text) {
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

    private static Optional<byte[]> sockaddrOfInet6(String text) {
        Optional<Integer> port = port(text);
        int end = text.lastIndexOf('.', Math.max(0, text.lastIndexOf('.') - 1));
        if (port.isEmpty() || !text.substring(0, end).matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
            return Optional.empty();
        }
        try {
            byte[] host = Inet6Address.ofLiteral(text.substring(0, end)).getAddress();
            ByteBuffer sockaddr = ByteBuffer.allocate(SOCKADDR_BYTES_OF_INET6)
                    .put((byte) AF_INET6)
                    .put((byte) 0)
                    .putShort(port.get().shortValue())
                    .putInt(0); // the flow
            if (host.length == Integer.BYTES) { // Java has taken ::ffff:1.2.3.4 apart
                sockaddr.position(18).putShort((short) 0xffff);
            }
            return Optional.of(sockaddr.put(host).array());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The text, empty if the bytes are no such structure; its family is not looked at, as rpcbind does not. */
    static String ofSockaddr(Family family, byte[] sockaddr) {
        boolean inet6 = family == Family.INET6;
        if (sockaddr.length != (inet6 ? SOCKADDR_BYTES_OF_INET6 : SOCKADDR_BYTES)) {
            return "";
        }
        byte[] host = inet6 ? Arrays.copyOfRange(sockaddr, 8, 24) : Arrays.copyOfRange(sockaddr, 4, 8);
        return host(host) + "." + (sockaddr[2] & 0xff) + "." + (sockaddr[3] & 0xff);
    }
}
