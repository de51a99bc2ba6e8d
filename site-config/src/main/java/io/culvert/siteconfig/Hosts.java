package io.culvert.siteconfig;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** What counts as a host name and as an IP address; asks no name service. */
final class Hosts {
    private static final Pattern LABELS =
            Pattern.compile("(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\\.?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final int MAX_NAME_CHARS = 253;

    private Hosts() {}

    static boolean isHost(String text) {
        if (text.contains(":") || DIGITS_AND_DOTS.matcher(text).matches()) {
            return address(text).isPresent();
        }
        return text.length() <= MAX_NAME_CHARS && LABELS.matcher(text).matches();
    }

    /** Returns the address that {@code text} writes out in full, four decimal numbers or IPv6 without a zone. */
    static Optional<InetAddress> address(String text) {
        if (IPV4.matcher(text).matches()) {
            return Optional.of(InetAddress.ofLiteral(text));
        }
        if (!text.contains(":") || !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Inet6Address.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || address(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }
}
