package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.net.InetAddress;
import java.util.List;

/** pf of FreeBSD and OpenBSD, and OPNsense: the rules of an anchor of its own. */
final class PfTemplate implements RuleTemplate {
    private static final int MAX_LABEL_CHARS = 60; // of 63

    @Override
    public String rules(RulePlan plan) {
        RuleText text = RuleText.withAsciiComments("#");
        text.comments(plan.header(
                "pf",
                "once:   anchor \"culvert\" in /etc/pf.conf, before other filter rules; pfctl -f /etc/pf.conf",
                "load:   pfctl -a culvert -f FILE        (again whenever it changed: the anchor is replaced as a whole)",
                "remove: pfctl -a culvert -F rules",
                "An intrusion-prevention system beside it (OPNsense: Suricata) needs the rules of format suricata."));
        plan.pairs().forEach(pair -> {
            text.comment(pair.sentence() + ": the stream");
            for (AllowedFlow flow : pair.flows()) {
                text.line("pass log quick " + inet(flow.family()) + " proto tcp from " + list(flow.sources()) + " to "
                        + list(flow.destinations()) + " port " + flow.port() + " flags S/SA keep state label "
                        + quoted(pair.sentence()));
            }
        });
        plan.pairs().forEach(pair -> {
            text.comment(pair.besides());
            for (Crossing crossing : pair.crossings()) {
                block(
                        text,
                        crossing,
                        "proto tcp",
                        " port " + ports(plan.watched().tcp()),
                        "culvert port");
                block(
                        text,
                        crossing,
                        "proto udp",
                        " port " + ports(plan.watched().udp()),
                        "culvert port");
            }
        });
        plan.pairs().forEach(pair -> {
            text.comment(pair.others());
            pair.betweenGateways().forEach(crossing -> block(text, crossing, "proto { tcp udp }", "", "culvert other"));
        });
        return text.toString();
    }

    @Override
    public String removal(RulePlan plan) {
        return RuleText.withAsciiComments("#")
                .line("#!/bin/sh")
                .comment("Culvert: removes its rules of site " + plan.site()
                        + "; run it with sh; then take the anchor out of" + " /etc/pf.conf")
                .line("pfctl -a culvert -F rules")
                .toString();
    }

    private static void block(RuleText text, Crossing crossing, String proto, String port, String label) {
        text.line("block drop log quick " + inet(crossing.family()) + " " + proto + " from "
                + networks(crossing.sources()) + " to " + networks(crossing.destinations()) + port + " label "
                + quoted(label));
    }

    private static String inet(Family family) {
        return family == Family.IPV4 ? "inet" : "inet6";
    }

    private static String list(List<InetAddress> addresses) {
        return braced(addresses.stream().map(AddressText::of).toList());
    }

    private static String networks(List<Network> networks) {
        return braced(networks.stream().map(AddressText::of).toList());
    }

    private static String ports(List<PortRange> ports) {
        return braced(
                ports.stream().map(range -> range.toString().replace('-', ':')).toList());
    }

    private static String braced(List<String> items) {
        return items.size() == 1 ? items.getFirst() : "{ " + String.join(" ", items) + " }";
    }

    /** A string of pf.conf: printable ASCII without what ends it, goes on with the line, or is a macro. */
    static String quoted(String text) {
        return "\"" + SafeText.cut(SafeText.ascii(text, "\"\\$"), MAX_LABEL_CHARS) + "\"";
    }
}
