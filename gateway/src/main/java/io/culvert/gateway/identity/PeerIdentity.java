package io.culvert.gateway.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a gateway is: its site and its number there, as its certificate says in the one URI name
 * {@code spiffe://culvert/site/<site>/gw/<number>}.
 *
 * <p>A value of this type that came out of {@link TlsContexts} or {@link PeerGate} is proven; one that was only parsed
 * is a claim.
 */
public record PeerIdentity(String site, int gateway) {
    /** The host part of every identity; the site CAs are constrained to it. */
    static final String TRUST_DOMAIN = "culvert";

    static final int MAX_GATEWAY = 9_999;
    static final String SITE_PREFIX = "spiffe://" + TRUST_DOMAIN + "/site/";
    private static final Pattern RULE =
            Pattern.compile(Pattern.quote(SITE_PREFIX) + "(?<site>[a-z][a-z0-9-]{0,30})/gw/(?<gw>[1-9][0-9]{0,3})");

    public PeerIdentity {
        SiteName.require(site);
        if (gateway < 1 || gateway > MAX_GATEWAY) {
            throw new IllegalArgumentException("gateway must be 1 to " + MAX_GATEWAY + ", was " + gateway);
        }
    }

    static Optional<PeerIdentity> parse(String uri) {
        Matcher m = RULE.matcher(uri);
        return m.matches()
                ? Optional.of(new PeerIdentity(m.group("site"), Integer.parseInt(m.group("gw"))))
                : Optional.empty();
    }

    /** The URI name of a site's CA, which has no gateway in it. */
    static String authorityUri(String site) {
        return SITE_PREFIX + SiteName.require(site);
    }

    /** The DNS name that goes with this identity; nothing resolves it, it only helps tools that show certificates. */
    String dnsName() {
        return "gw" + gateway + "." + siteDnsName(site);
    }

    /** The DNS name of any gateway of a site. */
    static String siteDnsName(String site) {
        return SiteName.require(site) + ".culvert.internal";
    }

    @Override
    public String toString() {
        return SITE_PREFIX + site + "/gw/" + gateway;
    }
}
