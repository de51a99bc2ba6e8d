package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fortinet FortiGate, FortiOS 6.4 and later: addresses, services, and policies by fixed numbers. */
final class FortigateTemplate implements RuleTemplate {
    private static final int MAX_COMMENT_CHARS = 200;
    private static final int MAX_RANGES = 15; // a service takes 16
    private static final String PORTS = "culvert-ports";

    /** A policy's number with its settings. */
    private record Policy(int number, List<String> settings) {}

    @Override
    public String rules(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("internal", "wan1"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comments(plan.header(
                "FortiGate (FortiOS 6.4 and later)",
                "load:   as a CLI script, or pasted; then move the policies to their place: config firewall policy, move NUMBER before"
                        + " OTHER",
                "remove: what \"culvert rules render --format fortigate --remove\" prints; first of all when addresses changed",
                "The stream has a policy without security profiles and without SSL inspection. If a sensor sees it nevertheless: config ips",
                "sensor, config entries, config exempt-ip with the addresses below."));
        rules.groups().forEach(group -> group(text, group));
        config(text, "firewall service custom", services(plan, rules));
        config(
                text,
                "firewall service group",
                Map.of(PORTS, List.of("set member " + members(chunks(plan).keySet()))));
        text.line("config firewall policy");
        policies(plan, rules).forEach(policy -> {
            text.line("    edit " + policy.number());
            policy.settings().forEach(setting -> text.line("        " + setting));
            text.line("    next");
        });
        return text.line("end").toString();
    }

    @Override
    public String removal(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("internal", "wan1"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comment("Culvert: removes its rules of site " + plan.site());
        text.line("config firewall policy");
        policies(plan, rules).forEach(policy -> text.line("    delete " + policy.number()));
        text.line("end");
        if (!plan.isPart()) {
            delete(text, "firewall service group", List.of(PORTS));
            delete(text, "firewall service custom", services(plan, rules).keySet());
        }
        rules.removable(plan).forEach(group -> {
            delete(text, "firewall addrgrp" + six(group.family()), List.of(group.name()));
            List<String> members = new ArrayList<>();
            for (int i = 0; i < group.members().size(); i++) {
                members.add(group.member(i));
            }
            delete(text, "firewall address" + six(group.family()), members);
        });
        return text.toString();
    }

    private static String six(Family family) {
        return family == Family.IPV6 ? "6" : "";
    }

    private static void group(RuleText text, DeviceRules.Group group) {
        Map<String, List<String>> members = new LinkedHashMap<>();
        for (int i = 0; i < group.members().size(); i++) {
            Network member = group.members().get(i);
            members.put(
                    group.member(i),
                    List.of(
                            group.family() == Family.IPV6
                                    ? "set ip6 " + AddressText.withPrefix(member)
                                    : "set subnet " + AddressText.of(member.address()) + " "
                                            + AsaTemplate.mask(member.prefixBits())));
        }
        config(text, "firewall address" + six(group.family()), members);
        config(
                text,
                "firewall addrgrp" + six(group.family()),
                Map.of(group.name(), List.of("set member " + members(members.keySet()))));
    }

    private static Map<String, List<String>> services(RulePlan plan, DeviceRules rules) {
        Map<String, List<String>> services = new LinkedHashMap<>();
        rules.ports().forEach(port -> services.put("culvert-" + port, List.of("set tcp-portrange " + port)));
        chunks(plan).forEach((name, setting) -> services.put(name, List.of(setting)));
        return services;
    }

    /** The watched ports as services that take so many. */
    private static Map<String, String> chunks(RulePlan plan) {
        Map<String, String> chunks = new LinkedHashMap<>();
        chunks(chunks, "tcp", plan.watched().tcp());
        chunks(chunks, "udp", plan.watched().udp());
        return chunks;
    }

    private static void chunks(Map<String, String> chunks, String transport, List<PortRange> ports) {
        for (int i = 0; i < ports.size(); i += MAX_RANGES) {
            List<String> some = ports.subList(i, Math.min(ports.size(), i + MAX_RANGES)).stream()
                    .map(PortRange::toString)
                    .toList();
            chunks.put(
                    "culvert-" + transport + "-" + (i / MAX_RANGES + 1),
                    "set " + transport + "-portrange " + String.join(" ", some));
        }
    }

    private static List<Policy> policies(RulePlan plan, DeviceRules rules) {
        Slots slots = new Slots(plan);
        Map<RulePair, Integer> used = new LinkedHashMap<>();
        List<Policy> policies = new ArrayList<>();
        rules.allows().forEach(allow -> {
            int number = slots.number(allow.pair(), used.merge(allow.pair(), 1, Integer::sum));
            List<String> settings = begun(number, allow.fromZone(), allow.toZone());
            settings.add("set srcaddr" + six(allow.family()) + " " + quoted(allow.source()));
            settings.add("set dstaddr" + six(allow.family()) + " " + quoted(allow.destination()));
            settings.addAll(List.of(
                    "set action accept",
                    "set schedule \"always\"",
                    "set service " + quoted(allow.service()),
                    "set utm-status disable",
                    "set ssl-ssh-profile \"no-inspection\"",
                    "set logtraffic all",
                    "set comments " + quoted(allow.sentence())));
            policies.add(new Policy(number, settings));
        });
        rules.stops().forEach(stop -> {
            int number = slots.number(stop.pair(), used.merge(stop.pair(), 1, Integer::sum));
            List<String> settings = begun(number, stop.fromZone(), stop.toZone());
            settings.add("set srcaddr" + six(stop.family()) + " " + quoted(stop.source()));
            settings.add("set dstaddr" + six(stop.family()) + " " + quoted(stop.destination()));
            settings.addAll(List.of(
                    "set action deny",
                    "set schedule \"always\"",
                    "set service " + quoted(PORTS),
                    "set logtraffic all",
                    "set comments " + quoted(stop.sentence())));
            policies.add(new Policy(number, settings));
        });
        return policies;
    }

    private static List<String> begun(int number, String from, String to) {
        return new ArrayList<>(List.of(
                "set name " + quoted("culvert " + number), "set srcintf " + quoted(from), "set dstintf " + quoted(to)));
    }

    private static void config(RuleText text, String what, Map<String, List<String>> entries) {
        text.line("config " + what);
        entries.forEach((name, settings) -> {
            text.line("    edit " + quoted(name));
            settings.forEach(setting -> text.line("        " + setting));
            text.line("    next");
        });
        text.line("end");
    }

    private static void delete(RuleText text, String what, Iterable<String> names) {
        text.line("config " + what);
        names.forEach(name -> text.line("    delete " + quoted(name)));
        text.line("end");
    }

    private static String members(Iterable<String> names) {
        List<String> quoted = new ArrayList<>();
        names.forEach(name -> quoted.add(quoted(name)));
        return String.join(" ", quoted);
    }

    /** A string of FortiOS: printable ASCII, a backslash before quotes and backslashes, no sign that asks for help. */
    static String quoted(String text) {
        String line = SafeText.cut(SafeText.ascii(text, "?"), MAX_COMMENT_CHARS);
        return "\"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
