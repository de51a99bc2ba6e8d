package io.culvert.siteconfig.rules;

import java.util.List;
import java.util.Map;

/** What should be loaded, in the form in which it is compared with what is. */
public final class ExpectedRules {
    /** The table of nftables, of family inet. */
    public static final String NFT_TABLE = NftablesTemplate.TABLE;

    /** The chains of iptables begin with this. */
    public static final String IPTABLES_CHAIN = IptablesTemplate.CHAIN;

    private ExpectedRules() {}

    /**
     * Returns the rules of each chain of nftables, in order.
     *
     * <p>A rule is its matches and statements with single spaces between. A match is what it looks at and, in braces, its values in the order
     * of text, as {@link #nftMatch} writes it; counters have no figures, and comments are left out.
     */
    public static Map<String, List<String>> nftables(RulePlan plan) {
        return NftablesTemplate.expected(plan);
    }

    /** Writes a match as it is compared. */
    public static String nftMatch(String what, List<String> values) {
        return NftRule.matched(what, values);
    }

    /** Returns the rules of iptables, or of ip6tables, as {@code iptables-save} lists them, without comments. */
    public static List<String> iptables(RulePlan plan, boolean isIpv6) {
        return IptablesTemplate.expected(plan, isIpv6 ? Family.IPV6 : Family.IPV4);
    }
}
