package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import io.culvert.siteconfig.RulesConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** firewalld of Linux: a policy file of its own, for what is passed on between the zones of a router. */
final class FirewalldTemplate implements RuleTemplate {
    private static final String FILE = "/etc/firewalld/policies/culvert.xml";
    private static final int ALLOW = -1000;
    private static final int PORTS = -900;
    private static final int OTHERS = -800;

    @Override
    public String rules(RulePlan plan) {
        RuleText text = new RuleText("", FirewalldTemplate::escaped);
        text.line("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        text.line("<policy target=\"CONTINUE\" priority=\"-10\">");
        text.line("  <short>Culvert</short>").line("  <description>");
        text.comments(plan.header(
                "firewalld",
                "load:   install -m 644 FILE " + FILE + " && firewall-cmd --reload",
                "remove: rm " + FILE + " && firewall-cmd --reload"));
        text.line("  </description>");
        Optional<RulesConfig.Zones> zones = plan.zones();
        List<String> names =
                zones.map(both -> List.of(both.inside(), both.outside())).orElse(List.of("ANY"));
        names.forEach(zone -> text.line("  <ingress-zone name=" + quoted(zone) + "/>"));
        names.forEach(zone -> text.line("  <egress-zone name=" + quoted(zone) + "/>"));
        plan.pairs().forEach(pair -> pair(text, plan, pair));
        return text.line("</policy>").toString();
    }

    @Override
    public String removal(RulePlan plan) {
        return RuleText.withComments("#")
                .line("#!/bin/sh")
                .comment("Culvert: removes its policy of site " + plan.site() + "; run it with sh")
                .line("rm -f " + FILE + " && firewall-cmd --reload")
                .toString();
    }

    private static void pair(RuleText text, RulePlan plan, RulePair pair) {
        text.line("  <!-- " + pair.sentence().replace("--", "- -") + " -->"); // XML ends a comment with two hyphens
        for (AllowedFlow flow : pair.flows()) {
            for (InetAddress source : flow.sources()) {
                for (InetAddress destination : flow.destinations()) {
                    Network from = Network.of(source, flow.family().bits());
                    Network to = Network.of(destination, flow.family().bits());
                    rule(text, flow.family(), ALLOW, from, to, port(Integer.toString(flow.port()), "tcp"), "<accept/>");
                }
            }
        }
        text.line("  <!-- RPC and ports of appliances between the two: they belong in the stream -->");
        for (Crossing crossing : pair.crossings()) {
            ports(text, crossing, plan.watched().tcp(), "tcp");
            ports(text, crossing, plan.watched().udp(), "udp");
        }
        text.line("  <!-- whatever else the gateways say to each other -->");
        for (Crossing crossing : pair.betweenGateways()) {
            stop(text, crossing, OTHERS, "<protocol value=\"tcp\"/>", "culvert other: ");
            stop(text, crossing, OTHERS, "<protocol value=\"udp\"/>", "culvert other: ");
        }
    }

    private static void ports(RuleText text, Crossing crossing, List<PortRange> ports, String transport) {
        ports.forEach(range -> stop(text, crossing, PORTS, port(range.toString(), transport), "culvert port: "));
    }

    private static void stop(RuleText text, Crossing crossing, int priority, String what, String prefix) {
        String log = "<log prefix=" + quoted(prefix) + " level=\"notice\"><limit value=\"1/s\"/></log><drop/>";
        crossing.sources()
                .forEach(source -> crossing.destinations()
                        .forEach(destination ->
                                rule(text, crossing.family(), priority, source, destination, what, log)));
    }

    private static String port(String port, String transport) {
        return "<port port=\"" + port + "\" protocol=\"" + transport + "\"/>";
    }

    private static void rule(
            RuleText text, Family family, int priority, Network source, Network destination, String what, String then) {
        text.line("  <rule family=\"" + (family == Family.IPV4 ? "ipv4" : "ipv6") + "\" priority=\"" + priority
                + "\"><source address=\"" + AddressText.of(source) + "\"/><destination address=\""
                + AddressText.of(destination) + "\"/>" + what + then + "</rule>");
    }

    /** A value of an attribute (XML 1.0, section 2.4). */
    static String quoted(String text) {
        return "\"" + escaped(SafeText.oneLine(text)) + "\"";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }
}
