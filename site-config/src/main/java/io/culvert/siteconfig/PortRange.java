package io.culvert.siteconfig;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One or more ports in a row, written {@code 2049} or {@code 28001-28010}.
 *
 * @param first 1 to 65535
 * @param last from {@code first} to 65535, included
 */
public record PortRange(int first, int last) {
    static final int MAX_PORT = 65_535;

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    /** Checks the order and the bounds. */
    public PortRange {
        if (first < 1 || last > MAX_PORT || first > last) {
            throw new IllegalArgumentException("ports are 1 to 65535, the lower first; found `"
                    + (first == last ? first : first + "-" + last) + "`");
        }
    }

    /** Reads {@code PORT} or {@code FIRST-LAST}. */
    public static PortRange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "write a port or a range, for example 2049 or 28001-28010; found " + YamlNode.Scalar.quote(text));
        }
        int first = Integer.parseInt(matcher.group(1));
        return new PortRange(first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
    }

    /** Returns whether {@code port} is in the range. */
    public boolean contains(int port) {
        return first <= port && port <= last;
    }

    boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
