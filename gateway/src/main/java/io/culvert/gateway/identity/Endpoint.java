package io.culvert.gateway.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a site's one port is reached: a host name, an IPv4 address or a bracketed IPv6 address, and a TCP port.
 *
 * <p>Its text form is {@code host:port} or {@code [ipv6]:port}, at most {@value #MAX_CHARS} characters of ASCII.
 */
public record Endpoint(String host, int port) {
    static final int MAX_CHARS = 253 + 6;
    private static final Pattern TEXT = Pattern.compile(
            "(?:\\[(?<v6>[0-9A-Fa-f:.]{2,45})]|(?<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,252})))" + ":(?<port>[0-9]{1,5})");

    public Endpoint {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
    }

    /** Reads the text form, or nothing if it is not one. */
    public static Optional<Endpoint> parse(String text) {
        if (text.length() > MAX_CHARS) {
            return Optional.empty();
        }
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(m.group("port"));
        if (port < 1 || port > 65_535) {
            return Optional.empty();
        }
        String v6 = m.group("v6");
        return Optional.of(new Endpoint(v6 != null ? v6 : m.group("host"), port));
    }

    /** Reads the text form. @throws IllegalArgumentException if it is not one */
    public static Endpoint of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("an endpoint must be host:port, was \"" + text + "\""));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
