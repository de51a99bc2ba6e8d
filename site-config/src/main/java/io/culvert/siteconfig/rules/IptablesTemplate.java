package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.util.ArrayList;
import java.util.List;

/**
 * iptables of Linux, for {@code iptables-restore} and {@code ip6tables-restore} alike: a chain of its own.
 *
 * <p>Rules are written as {@code iptables-save} writes them, behind {@code -4} or {@code -6} where they are of one family.
 */
final class IptablesTemplate implements RuleTemplate {
    static final String CHAIN = "CULVERT";
    static final String PORTS = "CULVERT-PORTS";
    static final String OTHERS = "CULVERT-OTHERS";

    private static final int MAX_COMMENT_BYTES = 200; // the match takes 255
    private static final int MAX_PORTS = 15; // of the match multiport, a range counting as two
    private static final List<String> HOOKS = List.of("FORWARD", "INPUT", "OUTPUT");

    /** A rule; without a family, of both. */
    private record Rule(List<Family> families, String text, String reason) {}

    @Override
    public String rules(RulePlan plan) {
        RuleText text = RuleText.withComments("#");
        text.comments(plan.header(
                "iptables-restore and ip6tables-restore",
                "load:   iptables-restore --noflush FILE; ip6tables-restore --noflush FILE",
                "once:   for i in iptables ip6tables; do $i -C FORWARD -j " + CHAIN + " || $i -I FORWARD -j " + CHAIN
                        + "; done",
                "        (and INPUT and OUTPUT likewise, on the gateway's own host)",
                "remove: the script that \"culvert rules render --format iptables --remove\" prints"));
        text.line("*filter").line(":" + CHAIN + " - [0:0]");
        text.line(":" + PORTS + " - [0:0]").line(":" + OTHERS + " - [0:0]");
        plan.pairs().forEach(pair -> {
            text.comment(pair.sentence() + ": the stream, and its answers");
            stream(plan, pair).forEach(rule -> text.line(written(rule)));
        });
        plan.pairs().forEach(pair -> {
            text.comment(pair.besides());
            ports(plan, pair).forEach(rule -> text.line(written(rule)));
        });
        plan.pairs().forEach(pair -> {
            text.comment(pair.others());
            others(pair).forEach(rule -> text.line(written(rule)));
        });
        stops().forEach(rule -> text.line(written(rule)));
        return text.line("COMMIT").toString();
    }

    @Override
    public String removal(RulePlan plan) {
        RuleText text = RuleText.withComments("#").line("#!/bin/sh");
        text.comment("Culvert: removes its chains of site " + plan.site()
                + ", whether they are loaded or not; run it with sh");
        text.line("for i in iptables ip6tables; do");
        text.line("    for c in " + String.join(" ", HOOKS) + "; do");
        text.line("        while $i -D $c -j " + CHAIN + " 2>/dev/null; do :; done");
        text.line("    done");
        text.line("    for c in " + CHAIN + " " + PORTS + " " + OTHERS + "; do $i -F $c 2>/dev/null; done");
        text.line("    for c in " + CHAIN + " " + PORTS + " " + OTHERS + "; do $i -X $c 2>/dev/null; done");
        return text.line("done").line("true").toString();
    }

    /** The rules of one family as {@code iptables-save} lists them, without comments. */
    static List<String> expected(RulePlan plan, Family family) {
        List<Rule> all = new ArrayList<>();
        plan.pairs().forEach(pair -> all.addAll(stream(plan, pair)));
        plan.pairs().forEach(pair -> all.addAll(ports(plan, pair)));
        plan.pairs().forEach(pair -> all.addAll(others(pair)));
        all.addAll(stops());
        return all.stream()
                .filter(rule -> rule.families().contains(family))
                .map(Rule::text)
                .toList();
    }

    private static String written(Rule rule) {
        String prefix = switch (rule.families().size()) {
            case 1 -> rule.families().getFirst() == Family.IPV4 ? "-4 " : "-6 ";
            default -> "";
        };
        int target = rule.text().lastIndexOf(" -j ");
        String comment = rule.reason().isEmpty() ? "" : " -m comment --comment " + quoted(rule.reason());
        return prefix + rule.text().substring(0, target) + comment + rule.text().substring(target);
    }

    /** In double quotes with a backslash before quotes and backslashes, as {@code iptables-save} writes comments. */
    static String quoted(String text) {
        String line = SafeText.cut(SafeText.oneLine(text), MAX_COMMENT_BYTES);
        return "\"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static List<Rule> stream(RulePlan plan, RulePair pair) {
        List<Rule> rules = new ArrayList<>();
        for (AllowedFlow flow : pair.flows()) {
            List<Family> family = List.of(flow.family());
            flow.sources()
                    .forEach(source -> flow.destinations().forEach(destination -> {
                        String from =
                                AddressText.of(source) + "/" + flow.family().bits();
                        String to = AddressText.of(destination) + "/"
                                + flow.family().bits();
                        rules.add(new Rule(
                                family,
                                "-A %s -s %s -d %s -p tcp -m tcp --dport %d -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT"
                                        .formatted(CHAIN, from, to, flow.port()),
                                pair.sentence() + ": " + plan.reason()));
                        rules.add(new Rule(
                                family,
                                "-A %s -s %s -d %s -p tcp -m tcp --sport %d -m conntrack --ctstate ESTABLISHED -j ACCEPT"
                                        .formatted(CHAIN, to, from, flow.port()),
                                ""));
                    }));
        }
        return rules;
    }

    private static List<Rule> ports(RulePlan plan, RulePair pair) {
        List<Rule> rules = new ArrayList<>();
        for (Crossing crossing : pair.crossings()) {
            each(crossing).forEach(between -> {
                multiports(plan.watched().tcp()).forEach(ports -> rules.add(port(crossing, between, "tcp", ports)));
                multiports(plan.watched().udp()).forEach(ports -> rules.add(port(crossing, between, "udp", ports)));
            });
        }
        return rules;
    }

    private static Rule port(Crossing crossing, String between, String transport, String ports) {
        return new Rule(
                List.of(crossing.family()),
                "-A %s %s -p %s -m multiport --dports %s -m conntrack --ctdir ORIGINAL -j %s"
                        .formatted(
                                CHAIN, between, transport, ports, PORTS), // and not answers that come from such a port
                "");
    }

    private static List<Rule> others(RulePair pair) {
        List<Rule> rules = new ArrayList<>();
        for (Crossing crossing : pair.betweenGateways()) {
            for (String between : each(crossing)) {
                for (String transport : List.of("tcp", "udp")) {
                    rules.add(new Rule(
                            List.of(crossing.family()),
                            "-A %s %s -p %s -j %s".formatted(CHAIN, between, transport, OTHERS),
                            ""));
                }
            }
        }
        return rules;
    }

    private static List<Rule> stops() {
        List<Rule> rules = new ArrayList<>();
        List<Family> both = List.of(Family.values());
        for (String chain : List.of(PORTS, OTHERS)) {
            String prefix = chain.equals(PORTS) ? "culvert port: " : "culvert other: ";
            rules.add(new Rule(
                    both,
                    "-A %s -m limit --limit 1/sec --limit-burst 20 -j LOG --log-prefix \"%s\"".formatted(chain, prefix),
                    ""));
            rules.add(new Rule(both, "-A %s -j DROP".formatted(chain), ""));
        }
        return rules;
    }

    private static List<String> each(Crossing crossing) {
        List<String> pairs = new ArrayList<>();
        for (Network source : crossing.sources()) {
            for (Network destination : crossing.destinations()) {
                pairs.add("-s " + AddressText.withPrefix(source) + " -d " + AddressText.withPrefix(destination));
            }
        }
        return pairs;
    }

    /** The ports in lists that the match takes. */
    private static List<String> multiports(List<PortRange> ports) {
        List<String> lists = new ArrayList<>();
        List<String> list = new ArrayList<>();
        int used = 0;
        for (PortRange range : ports) {
            int cost = range.first() == range.last() ? 1 : 2;
            if (used + cost > MAX_PORTS) {
                lists.add(String.join(",", list));
                list.clear();
                used = 0;
            }
            list.add(range.toString().replace('-', ':'));
            used += cost;
        }
        if (!list.isEmpty()) {
            lists.add(String.join(",", list));
        }
        return lists;
    }
}
