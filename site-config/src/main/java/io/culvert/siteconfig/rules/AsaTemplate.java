package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Cisco ASA: object groups, and entries at the top of the access lists of two interfaces. */
final class AsaTemplate implements RuleTemplate {
    private static final int MAX_DESCRIPTION_CHARS = 200;
    private static final String PORTS = "culvert-ports-";

    @Override
    public String rules(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("inside", "outside"));
        RuleText text = RuleText.withAsciiComments("!");
        text.comments(plan.header(
                "Cisco ASA",
                "load:   paste it in configuration mode (configure terminal), look at it, write memory",
                "        The access lists are those that the interfaces have. An interface that has none passes by security level; a list",
                "        with these entries alone would deny all else: end it with what passes today (inside: permit ip any any), and then",
                "        access-group NAME in interface INTERFACE",
                "remove: what \"culvert rules render --format asa --remove\" prints; first of all when addresses changed",
                "FTD:    make the same rules in the management centre; a prefilter rule with action Fastpath for the stream keeps it",
                "        out of the IPS and of the decryption policy. ASA with a service module: deny the stream in the access list",
                "        of the class that sends traffic to the module."));
        rules.groups().forEach(group -> {
            text.line("object-group network " + group.name());
            text.line(" description " + described("gateways or networks: " + plan.reason()));
            group.members().forEach(member -> text.line(" network-object " + object(member)));
        });
        services(text, "tcp", plan.watched().tcp());
        services(text, "udp", plan.watched().udp());
        text.line("exit");
        entries(plan, rules).forEach((list, entries) -> {
            text.comment(list + ": the stream, then ports of appliances, which belong in it");
            for (int i = 0; i < entries.size(); i++) {
                text.line("access-list " + list + " line " + (i + 1) + " extended " + entries.get(i));
            }
        });
        return text.toString();
    }

    @Override
    public String removal(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("inside", "outside"));
        RuleText text = RuleText.withAsciiComments("!");
        text.comment("Culvert: removes its rules of site " + plan.site() + "; paste it in configuration mode");
        entries(plan, rules)
                .forEach((list, entries) ->
                        entries.forEach(entry -> text.line("no access-list " + list + " extended " + entry)));
        rules.removable(plan).forEach(group -> text.line("no object-group network " + group.name()));
        if (!plan.isPart()) {
            text.line("no object-group service " + PORTS + "tcp tcp");
            text.line("no object-group service " + PORTS + "udp udp");
        }
        return text.toString();
    }

    /** The entries of each access list, in order. */
    private static Map<String, List<String>> entries(RulePlan plan, DeviceRules rules) {
        Map<String, List<String>> entries = new TreeMap<>();
        rules.allows()
                .forEach(allow -> list(entries, allow.fromZone())
                        .add("permit tcp object-group " + allow.source() + " object-group " + allow.destination()
                                + " eq " + allow.port() + " log"));
        for (String transport : List.of("tcp", "udp")) {
            rules.stops()
                    .forEach(stop -> list(entries, stop.fromZone())
                            .add("deny " + transport + " object-group " + stop.source() + " object-group "
                                    + stop.destination() + " object-group " + PORTS + transport + " log"));
        }
        return Collections.unmodifiableMap(entries);
    }

    private static List<String> list(Map<String, List<String>> entries, String zone) {
        return entries.computeIfAbsent(zone + "_access_in", name -> new ArrayList<>());
    }

    private static void services(RuleText text, String transport, List<PortRange> ports) {
        text.line("object-group service " + PORTS + transport + " " + transport);
        ports.forEach(range -> text.line(
                range.first() == range.last()
                        ? " port-object eq " + range.first()
                        : " port-object range " + range.first() + " " + range.last()));
    }

    private static String object(Network member) {
        if (AddressText.isSingle(member)) {
            return "host " + AddressText.of(member);
        }
        return Family.of(member.address()) == Family.IPV6
                ? AddressText.withPrefix(member)
                : AddressText.of(member.address()) + " " + mask(member.prefixBits());
    }

    /** Dotted, as of IPv4. */
    static String mask(int bits) {
        long mask = bits == 0 ? 0 : 0xffffffffL << (Family.IPV4.bits() - bits);
        return "%d.%d.%d.%d".formatted(mask >> 24 & 0xff, mask >> 16 & 0xff, mask >> 8 & 0xff, mask & 0xff);
    }

    /** The rest of a line: printable ASCII without backslashes and the sign that asks for help. */
    static String described(String text) {
        return SafeText.cut(SafeText.ascii(text, "?\\"), MAX_DESCRIPTION_CHARS);
    }
}
