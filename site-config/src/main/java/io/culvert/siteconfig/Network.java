package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses that begin alike, written {@code 10.77.1.0/24} (RFC 4632), or a single one, {@code 10.1.2.3}.
 *
 * @param address the first; bits behind the prefix are zero
 * @param prefixBits how many bits of it count, 0 to 32 or 128
 */
public record Network(InetAddress address, int prefixBits) {
    private static final Pattern FORM = Pattern.compile("([^/]+)(?:/([0-9]{1,3}))?");

    /** Checks the bounds. */
    public Network {
        if (prefixBits < 0 || prefixBits > bits(address)) {
            throw new IllegalArgumentException("a prefix of " + address.getHostAddress() + " has 0 to " + bits(address)
                    + " bits; found " + prefixBits);
        }
        if (!address.equals(first(address, prefixBits))) {
            throw new IllegalArgumentException("`" + address.getHostAddress() + "/" + prefixBits
                    + "` has bits behind its prefix; the network is `"
                    + first(address, prefixBits).getHostAddress() + "/" + prefixBits + "`");
        }
    }

    /** Reads {@code ADDRESS/BITS} or {@code ADDRESS}. */
    public static Network parse(String text) {
        Matcher matcher = FORM.matcher(text);
        InetAddress address =
                matcher.matches() ? Hosts.address(matcher.group(1)).orElse(null) : null;
        if (address == null) {
            throw new IllegalArgumentException(
                    "write an address or a network, for example 10.77.1.0/24; found " + YamlNode.Scalar.quote(text));
        }
        return new Network(address, matcher.group(2) == null ? bits(address) : Integer.parseInt(matcher.group(2)));
    }

    /** The network of so many bits that an address is in. */
    public static Network of(InetAddress address, int prefixBits) {
        return new Network(first(address, prefixBits), prefixBits);
    }

    /** Returns whether {@code other} is one of its addresses. */
    public boolean contains(InetAddress other) {
        return other.getAddress().length == address.getAddress().length
                && first(other, prefixBits).equals(address);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    private static InetAddress first(InetAddress address, int prefixBits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixBits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address of as many bytes as before", e);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress() + (prefixBits == bits(address) ? "" : "/" + prefixBits);
    }
}
