package io.culvert.gateway.stream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another gateway of the own site as the far side of a stream: {@code seoul/2}, where a peer is {@code busan}.
 *
 * @param number from 1 on
 */
public record GatewayName(String site, int number) {

    private static final Pattern RULE = Pattern.compile("(?<site>[a-z][a-z0-9-]{0,30})/(?<number>[1-9][0-9]{0,3})");

    /** Empty if this is the name of a peer. */
    public static Optional<GatewayName> parse(String name) {
        Matcher matcher = RULE.matcher(name);
        return matcher.matches()
                ? Optional.of(new GatewayName(matcher.group("site"), Integer.parseInt(matcher.group("number"))))
                : Optional.empty();
    }

    /** The site that is at the far side of a stream of this name. */
    public static String siteOf(String name) {
        return parse(name).map(GatewayName::site).orElse(name);
    }

    /** What people call the far side of a stream of this name. */
    static String called(String name) {
        return (parse(name).isPresent() ? "gateway " : "peer ") + name;
    }

    @Override
    public String toString() {
        return site + "/" + number;
    }
}
