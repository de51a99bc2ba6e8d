package io.culvert.siteconfig;

import java.util.regex.Pattern;

/**
 * A host and a TCP port, written {@code host:port} or {@code [IPv6]:port}; never resolved here.
 *
 * @param host a DNS name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final String EXAMPLE = "write HOST:PORT, for example gw.seoul.example:8443";
    private static final Pattern PORT = Pattern.compile("[0-9]{1,9}");

    /** Checks both parts, or throws {@link IllegalArgumentException} with what is wrong. */
    public HostPort {
        if (!Hosts.isHost(host)) {
            throw new IllegalArgumentException(
                    YamlNode.Scalar.quote(host) + " is neither a host name nor an IP address; " + EXAMPLE);
        }
        if (port < 1 || port > PortRange.MAX_PORT) {
            throw new IllegalArgumentException("the port must be 1 to 65535; found " + port);
        }
    }

    /** Reads {@code host:port}, or throws {@link IllegalArgumentException} with what is wrong. */
    public static HostPort parse(String text) {
        if (text.contains("://")) {
            throw new IllegalArgumentException(YamlNode.Scalar.quote(text) + " is a URL; " + EXAMPLE);
        }
        if (PORT.matcher(text).matches()) {
            throw new IllegalArgumentException("the host is missing before the port `" + text + "`; " + EXAMPLE);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.contains(":");
        if (host.contains(":") && !bracketed) {
            throw new IllegalArgumentException("an IPv6 address needs brackets, for example [2001:db8::1]:8443; found "
                    + YamlNode.Scalar.quote(text));
        }
        if (colon < 0 || text.endsWith("]")) {
            throw new IllegalArgumentException(
                    "the port is missing in " + YamlNode.Scalar.quote(text) + "; " + EXAMPLE);
        }
        String port = text.substring(colon + 1);
        if (!PORT.matcher(port).matches()) {
            throw new IllegalArgumentException("the port must be 1 to 65535; found " + YamlNode.Scalar.quote(port));
        }
        return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    /** Returns whether this is every address of the machine, {@code 0.0.0.0} or {@code [::]}. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** Returns whether a socket bound here takes (part of) what one bound there would take. */
    boolean overlaps(HostPort other) {
        return port == other.port && (host.equalsIgnoreCase(other.host) || isWildcard() || other.isWildcard());
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
