package io.culvert.gateway.identity;

import java.util.regex.Pattern;

/** The rule for names of sites, as in the site file: {@code [a-z][a-z0-9-]{0,30}}. */
final class SiteName {
    private static final Pattern RULE = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    private SiteName() {}

    static boolean isLegal(String name) {
        return RULE.matcher(name).matches();
    }

    /** @throws IllegalArgumentException naming the rule and the value */
    static String require(String name) {
        if (!isLegal(name)) {
            throw new IllegalArgumentException("a site name must match [a-z][a-z0-9-]{0,30}, was \"" + name + "\"");
        }
        return name;
    }
}
