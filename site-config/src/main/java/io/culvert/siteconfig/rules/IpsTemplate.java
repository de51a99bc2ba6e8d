package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Suricata and Snort 3: passes the stream unseen, and alerts where RPC or a port of an appliance still crosses.
 *
 * <p>A call to the portmapper is known by its bytes (RFC 5531, section 9: xid, CALL, RPC version 2, program 100000, version, procedure), by
 * TCP behind four bytes of record mark; the program that GETPORT asks for stands behind credential and verifier, each with its length. Alerts
 * are between the networks of the two sites where both are stated, else from and to anywhere.
 */
final class IpsTemplate implements RuleTemplate {
    private static final int MAX_PROGRAMS = 100;
    private static final int GETPORT = 100; // four of each program
    private static final int CALLS = 500;
    private static final int PORTS = 510;
    private static final String ANY = "any";

    private static final String PORTMAPPER_CALL = "|00 00 00 00 00 00 00 02 00 01 86 A0|";

    /** How the options of a content match are written. */
    enum Dialect {
        SURICATA("Suricata", "suricata", "/etc/suricata/rules/culvert.rules", "suricatasc -c reload-rules") {
            @Override
            String content(String bytes, String... modifiers) {
                return "content:\"" + bytes + "\"; "
                        + String.join(
                                " ",
                                List.of(modifiers).stream()
                                        .map(modifier -> modifier.replace(' ', ':') + ";")
                                        .toList());
            }
        },
        SNORT3("Snort 3", "snort3", "/usr/local/etc/snort/culvert.rules", "pkill -HUP -x snort") {
            @Override
            String content(String bytes, String... modifiers) {
                return "content:\"" + bytes + "\"," + String.join(",", modifiers) + ";";
            }
        };

        private final String product;
        private final String word;
        private final String file;
        private final String reload;

        Dialect(String product, String word, String file, String reload) {
            this.product = product;
            this.word = word;
            this.file = file;
            this.reload = reload;
        }

        /** @param modifiers such as {@code offset 8} */
        abstract String content(String bytes, String... modifiers);
    }

    private final Dialect dialect;

    IpsTemplate(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public String rules(RulePlan plan) {
        RuleText text = new RuleText("#", line -> SafeText.ascii(line, "\\()").strip());
        text.comments(plan.header(
                dialect.product,
                "load:   install -m 644 FILE " + dialect.file + ", name it where your rules are named, "
                        + dialect.reload,
                "remove: the script that \"culvert rules render --format " + dialect.word + " --remove\" prints",
                "Pass rules come before all others, drop and alert, in the order that " + dialect.product
                        + " has by itself."));
        Slots slots = new Slots(plan);
        plan.pairs().forEach(pair -> {
            text.comment(pair.sentence() + ": the stream is passed, both ways of it");
            int index = 1;
            for (AllowedFlow flow : pair.flows()) {
                text.line("pass tcp " + addresses(flow.sources()) + " any <> " + addresses(flow.destinations()) + " "
                        + flow.port() + " "
                        + options(
                                "Culvert, " + pair.sentence() + ", " + plan.reason(), "", slots.number(pair, index++)));
            }
            if (!isAnywhere(pair)) {
                text.comment("RPC and ports of appliances beside it");
                alerts(text, plan, pair, slots);
            }
        });
        plan.pairs().stream().filter(IpsTemplate::isAnywhere).findFirst().ifPresent(pair -> {
            text.comment(
                    "RPC and ports of appliances from and to anywhere; with rules.networks, only between the sites");
            alerts(text, plan, pair, slots);
        });
        return text.toString();
    }

    @Override
    public String removal(RulePlan plan) {
        return RuleText.withAsciiComments("#")
                .line("#!/bin/sh")
                .comment("Culvert: removes its rules of site " + plan.site()
                        + "; run it with sh, and take the file's name out of the" + " configuration")
                .line("rm -f " + dialect.file)
                .line(dialect.reload)
                .toString();
    }

    private void alerts(RuleText text, RulePlan plan, RulePair pair, Slots slots) {
        List<String> directions = directions(pair);
        for (int d = 0; d < directions.size(); d++) {
            String way = directions.get(d);
            String where = isAnywhere(pair)
                    ? " past this sensor"
                    : " between " + pair.here().name() + " and " + pair.peer().name();
            int index = 0;
            for (int program : plan.watched().programs()) {
                if (index == MAX_PROGRAMS) {
                    break; // the rule on any call sees the others
                }
                String asks = "Culvert, GETPORT of RPC program " + program + where;
                int number = GETPORT + 4 * index++ + 2 * d;
                text.line(
                        "alert tcp " + way + " any " + options(asks, getport(4, program), slots.number(pair, number)));
                text.line("alert udp " + way + " any "
                        + options(asks, getport(0, program), slots.number(pair, number + 1)));
            }
            String calls = "Culvert, call to the portmapper" + where;
            text.line("alert tcp " + way + " any "
                    + options(calls, established() + call(4), slots.number(pair, CALLS + 2 * d)));
            text.line("alert udp " + way + " any " + options(calls, call(0), slots.number(pair, CALLS + 2 * d + 1)));
            String port = "Culvert, port of an appliance" + where;
            text.line("alert tcp " + way + " " + ports(plan.watched().tcp()) + " "
                    + options(port, "flags:S,12; ", slots.number(pair, PORTS + 2 * d)));
            text.line("alert udp " + way + " " + ports(plan.watched().udp()) + " "
                    + options(port, "", slots.number(pair, PORTS + 2 * d + 1)));
        }
    }

    private static String established() {
        return "flow:established,to_server; ";
    }

    /** @param mark bytes before the message */
    private String call(int mark) {
        return dialect.content(PORTMAPPER_CALL, "offset " + (mark + 4), "depth 12") + " ";
    }

    private String getport(int mark, int program) {
        String jump = "byte_jump:4,4,relative,align; ";
        return (mark > 0 ? established() : "")
                + call(mark)
                + dialect.content("|00 00 00 03|", "distance 4", "within 4") + " " + jump + jump
                + dialect.content(bytes(program), "within 4") + " ";
    }

    private static String bytes(int program) {
        return "|%02X %02X %02X %02X|"
                .formatted(program >>> 24, program >>> 16 & 0xff, program >>> 8 & 0xff, program & 0xff);
    }

    private static String options(String message, String matches, int sid) {
        return "(msg:" + quoted(message) + "; " + matches + "sid:" + sid + "; rev:1;)";
    }

    /** From each site to the other, or once from and to anywhere. */
    private static List<String> directions(RulePair pair) {
        String here = networks(pair.here());
        String there = networks(pair.peer());
        return isAnywhere(pair)
                ? List.of("any any -> any")
                : List.of(here + " any -> " + there, there + " any -> " + here);
    }

    /** Whether nothing is stated of where the appliances of both sites are. */
    private static boolean isAnywhere(RulePair pair) {
        return networks(pair.here()).equals(ANY) && networks(pair.peer()).equals(ANY);
    }

    private static String networks(RuleSite site) {
        if (site.networks().isEmpty()) {
            return ANY;
        }
        Set<String> all = new LinkedHashSet<>();
        for (Family family : Family.values()) {
            List<Network> watched = site.watched(family);
            watched.forEach(network -> all.add(AddressText.of(network)));
        }
        return "[" + String.join(",", all) + "]";
    }

    private static String addresses(List<InetAddress> addresses) {
        List<String> all = new ArrayList<>();
        addresses.forEach(address -> all.add(AddressText.of(address)));
        return "[" + String.join(",", all) + "]";
    }

    private static String ports(List<PortRange> ports) {
        return ports.stream()
                .map(range -> range.toString().replace('-', ':'))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** A message: printable ASCII without what ends or begins something in a rule. */
    static String quoted(String text) {
        return "\"" + SafeText.ascii(text, "\";:\\|()") + "\"";
    }
}
