package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** nftables of Linux: a table of its own, for a router between the sites or the gateway's own host. */
final class NftablesTemplate implements RuleTemplate {
    static final String TABLE = "culvert";
    static final String LIMIT = "limit rate 60/minute burst 20 packets";

    private static final String EMPTY_AND_GONE = "table inet " + TABLE + " {}\ndelete table inet " + TABLE;
    /** Who asks at a watched port; answers of connections that happen to come from such a port pass. */
    private static final String DIRECTION = "ct direction";

    private static final List<String> ASKED = List.of("original");
    private static final List<String> HOOKS = List.of("forward", "input", "output");

    /** Before the chains of other tables, at the priority that they usually have (0), so that nothing else is asked before a drop. */
    static final int PRIORITY = -5;

    @Override
    public String rules(RulePlan plan) {
        RuleText text = RuleText.withComments("#").line("#!/usr/sbin/nft -f");
        text.comments(plan.header(
                "nftables",
                "load:   nft -f FILE      (again whenever it changed: the table is replaced as a whole)",
                "remove: nft delete table inet " + TABLE,
                "What is accepted here must be accepted by your other tables, too; what is dropped here is gone."));
        text.line(EMPTY_AND_GONE).line("table inet " + TABLE + " {");
        for (String hook : HOOKS) {
            text.line("\tchain " + hook + " {")
                    .line("\t\ttype filter hook " + hook + " priority " + PRIORITY + "; policy accept;")
                    .line("\t\tjump sites")
                    .line("\t}");
        }
        text.line("\tchain sites {");
        plan.pairs().forEach(pair -> {
            text.comment("\t\t", pair.sentence() + ": the stream, and its answers");
            stream(plan, pair).forEach(rule -> text.line("\t\t" + rule.text()));
        });
        plan.pairs().forEach(pair -> {
            text.comment("\t\t", pair.besides());
            ports(plan, pair).forEach(rule -> text.line("\t\t" + rule.text()));
        });
        plan.pairs().forEach(pair -> {
            text.comment("\t\t", pair.others());
            others(pair).forEach(rule -> text.line("\t\t" + rule.text()));
        });
        text.line("\t}");
        stops().forEach((chain, rules) -> {
            text.line("\tchain " + chain + " {");
            rules.forEach(rule -> text.line("\t\t" + rule.text()));
            text.line("\t}");
        });
        return text.line("}").toString();
    }

    @Override
    public String removal(RulePlan plan) {
        return RuleText.withComments("#")
                .line("#!/usr/sbin/nft -f")
                .comment("Culvert: removes its rules of site " + plan.site()
                        + ", whether they are loaded or not; load: nft -f FILE")
                .line(EMPTY_AND_GONE)
                .toString();
    }

    /** Each chain's rules as they are compared with listed ones, the base chains with their hooks first. */
    static Map<String, List<String>> expected(RulePlan plan) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        HOOKS.forEach(hook -> chains.put(hook, List.of(hooked(hook), "jump sites")));
        List<String> sites = new ArrayList<>();
        plan.pairs().forEach(pair -> stream(plan, pair).forEach(rule -> sites.add(rule.compared())));
        plan.pairs().forEach(pair -> ports(plan, pair).forEach(rule -> sites.add(rule.compared())));
        plan.pairs().forEach(pair -> others(pair).forEach(rule -> sites.add(rule.compared())));
        chains.put("sites", sites);
        stops().forEach((chain, rules) ->
                chains.put(chain, rules.stream().map(NftRule::compared).toList()));
        return chains;
    }

    private static String hooked(String hook) {
        return "type filter hook " + hook + " priority " + PRIORITY + " policy accept";
    }

    private static List<NftRule> stream(RulePlan plan, RulePair pair) {
        List<NftRule> rules = new ArrayList<>();
        for (AllowedFlow flow : pair.flows()) {
            List<String> port = List.of(Integer.toString(flow.port()));
            rules.add(new NftRule()
                    .match(ip(flow.family()) + " saddr", addresses(flow.sources()))
                    .match(ip(flow.family()) + " daddr", addresses(flow.destinations()))
                    .match("tcp dport", port)
                    .states("established", "new")
                    .then("counter")
                    .then("accept")
                    .because(pair.sentence() + ": " + plan.reason()));
            rules.add(new NftRule()
                    .match(ip(flow.family()) + " saddr", addresses(flow.destinations()))
                    .match(ip(flow.family()) + " daddr", addresses(flow.sources()))
                    .match("tcp sport", port)
                    .states("established")
                    .then("counter")
                    .then("accept"));
        }
        return rules;
    }

    private static List<NftRule> ports(RulePlan plan, RulePair pair) {
        List<NftRule> rules = new ArrayList<>();
        for (Crossing crossing : pair.crossings()) {
            rules.add(between(crossing)
                    .match(DIRECTION, ASKED)
                    .match("tcp dport", ports(plan.watched().tcp()))
                    .then("counter")
                    .then("goto ports"));
            rules.add(between(crossing)
                    .match(DIRECTION, ASKED)
                    .match("udp dport", ports(plan.watched().udp()))
                    .then("counter")
                    .then("goto ports"));
        }
        return rules;
    }

    private static List<NftRule> others(RulePair pair) {
        return pair.betweenGateways().stream()
                .map(crossing -> between(crossing)
                        .match("meta l4proto", List.of("tcp", "udp"))
                        .then("counter")
                        .then("goto others"))
                .toList();
    }

    private static Map<String, List<NftRule>> stops() {
        Map<String, List<NftRule>> stops = new LinkedHashMap<>();
        stops.put("ports", stop("culvert port: "));
        stops.put("others", stop("culvert other: "));
        return stops;
    }

    private static List<NftRule> stop(String prefix) {
        return List.of(new NftRule().then(LIMIT).then("log prefix \"" + prefix + "\""), new NftRule().then("drop"));
    }

    private static NftRule between(Crossing crossing) {
        return new NftRule()
                .match(ip(crossing.family()) + " saddr", networks(crossing.sources()))
                .match(ip(crossing.family()) + " daddr", networks(crossing.destinations()));
    }

    private static String ip(Family family) {
        return switch (family) {
            case IPV4 -> "ip";
            case IPV6 -> "ip6";
        };
    }

    private static List<String> addresses(List<InetAddress> addresses) {
        return addresses.stream().map(AddressText::of).toList();
    }

    private static List<String> networks(List<Network> networks) {
        return networks.stream().map(AddressText::of).toList();
    }

    private static List<String> ports(List<PortRange> ports) {
        return ports.stream().map(PortRange::toString).toList();
    }
}
