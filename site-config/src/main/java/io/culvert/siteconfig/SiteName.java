package io.culvert.siteconfig;

import java.util.regex.Pattern;

/**
 * The name of a site, and so of a peer: {@code [a-z][a-z0-9-]{0,30}}.
 *
 * <p>It stands in certificates, paths and keys of the checkpoint store, hence the narrow alphabet.
 */
public record SiteName(String text) implements Comparable<SiteName> {
    static final String RULE = "a site name is 1 to 31 of a-z, 0-9 and `-`, and starts with a letter";

    private static final Pattern PATTERN = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    /** Checks the text, or throws {@link IllegalArgumentException} with the rule. */
    public SiteName {
        if (!PATTERN.matcher(text).matches()) {
            throw new IllegalArgumentException(RULE + "; found " + YamlNode.Scalar.quote(text));
        }
    }

    @Override
    public int compareTo(SiteName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
