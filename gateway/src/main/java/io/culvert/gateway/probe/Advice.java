package io.culvert.gateway.probe;

import java.util.Collection;
import java.util.stream.Collectors;

/** What to ask of whom, and the rule to add; the words of nftables and Suricata. */
final class Advice {

    private Advice() {}

    static String pair(Facts facts) {
        return (facts.here().isEmpty() ? "this host" : facts.here()) + " and " + address(facts);
    }

    private static String address(Facts facts) {
        return facts.names().addresses().isEmpty()
                ? facts.target()
                : facts.names().addresses().getFirst();
    }

    /** To a firewall's people. */
    static String permit(Facts facts, Collection<Integer> ports) {
        return "Ask the firewall team to permit new TCP connections from " + here(facts) + " to " + address(facts)
                + ", port " + list(ports)
                + ", on every filter of the path and on the host itself; \"culvert rules render\" writes the rules for their system";
    }

    static String accept(Facts facts, Collection<Integer> ports) {
        String family = address(facts).contains(":") ? "ip6" : "ip";
        String source = facts.here().isEmpty() ? "" : family + " saddr " + facts.here() + " ";
        return source + family + " daddr " + address(facts) + " tcp dport "
                + (ports.size() == 1 ? list(ports) : "{ " + list(ports) + " }") + " ct state new counter accept";
    }

    /** To an IPS's people. */
    static String exempt(Facts facts, int port) {
        return "Ask who runs the intrusion-prevention system to exempt the pair " + pair(facts)
                + " from its RPC rules (portmap GETPORT, such as SID 2101960), with the time of this probe to find it in their log;"
                + " or carry it through Culvert's one TLS port, which they see as TLS and nothing else (port " + port
                + " is not needed then). \"culvert rules render\" writes both";
    }

    static String pass(Facts facts, int port) {
        String source = facts.here().isEmpty() ? "any" : facts.here();
        return "pass tcp " + source + " any -> " + address(facts) + " " + port
                + " (msg:\"culvert: replication pair\"; flow:established; sid:9000001; rev:1;)";
    }

    private static String here(Facts facts) {
        return facts.here().isEmpty() ? "this host" : facts.here();
    }

    static String list(Collection<Integer> ports) {
        return ports.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
