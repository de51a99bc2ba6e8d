package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import java.net.Inet6Address;
import java.net.InetAddress;

/** How addresses are written in rules: IPv6 as RFC 5952 has it, which is how programs list what they have loaded. */
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    static String of(InetAddress address) {
        return address instanceof Inet6Address six ? compressed(six.getAddress()) : address.getHostAddress();
    }

    /** With its prefix, also that of a single address. */
    static String withPrefix(Network network) {
        return of(network.address()) + "/" + network.prefixBits();
    }

    /** A single address without its prefix. */
    static String of(Network network) {
        return isSingle(network) ? of(network.address()) : withPrefix(network);
    }

    static boolean isSingle(Network network) {
        return network.prefixBits() == Family.of(network.address()).bits();
    }

    /** Replaces the longest run of two or more groups of zero, the first of equally long ones (RFC 5952, section 4.2). */
    private static String compressed(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < GROUPS && groups[i + zeros] == 0) {
                zeros++;
            }
            if (zeros > length) {
                start = i;
                length = zeros;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
