package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.util.ArrayList;
import java.util.List;

/** Check Point: a script for the management server that changes objects and rules by {@code mgmt_cli} and publishes all or nothing. */
final class CheckpointTemplate implements RuleTemplate {
    private static final int MAX_COMMENT_BYTES = 200;
    private static final String PORTS = "culvert-ports";

    private static final String BEGIN = """
            set -eu
            ACCESS=${CULVERT_ACCESS_LAYER:-Network}
            HTTPS=${CULVERT_HTTPS_LAYER:-Default Layer}
            SESSION=$(mktemp)
            end() {
                mgmt_cli -s "$SESSION" discard >/dev/null 2>&1 || :    # nothing is left after publish
                mgmt_cli -s "$SESSION" logout >/dev/null 2>&1 || :
                rm -f "$SESSION"
            }
            trap end EXIT
            mgmt_cli login -r true > "$SESSION"
            cli() { mgmt_cli -s "$SESSION" "$@" >/dev/null; }
            # made, or changed if it is there; that another object has the same address is only a warning
            put() { cli add "$@" ignore-warnings true 2>/dev/null || cli set "$@" ignore-warnings true; }
            gone() { cli delete "$@" 2>/dev/null || :; }    # removed if it is there
            may() { cli "$@" || echo "not done, look whether you need it: $*" >&2; }
            """;

    @Override
    public String rules(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("any", "any"));
        RuleText text = RuleText.withComments("#").line("#!/bin/bash");
        text.comments(plan.header(
                "Check Point (R81 and later)",
                "load:   bash FILE on the management server, in expert mode; then install the policy",
                "        CULVERT_ACCESS_LAYER and CULVERT_HTTPS_LAYER name the layers if they are not those below",
                "remove: the script that \"culvert rules render --format checkpoint --remove\" prints",
                "Rules of these names are made anew, objects are changed: run twice it is as run once."));
        BEGIN.lines().forEach(text::line);
        text.comment("addresses and services");
        rules.groups().forEach(group -> group(text, group));
        rules.ports()
                .forEach(port ->
                        text.line("put service-tcp name " + quoted("culvert-" + port) + " port " + quoted("" + port)));
        List<String> names = new ArrayList<>();
        services(text, plan, names);
        text.line("put service-group name " + quoted(PORTS) + members(names));
        text.comment("rules; each is put on top, so the stream comes last");
        removeRules(text, rules);
        rules.stops()
                .forEach(stop ->
                        text.line("cli add access-rule layer \"$ACCESS\" position top name " + quoted(stop.name())
                                + " source " + quoted(stop.source()) + " destination " + quoted(stop.destination())
                                + " service "
                                + quoted(PORTS) + " action Drop track.type Log comments " + quoted(stop.sentence())));
        rules.allows().forEach(allow -> allow(text, allow));
        return text.line("cli publish").toString();
    }

    private static void allow(RuleText text, DeviceRules.Allow allow) {
        String matched = " name " + quoted(allow.name()) + " source " + quoted(allow.source()) + " destination "
                + quoted(allow.destination()) + " service " + quoted(allow.service());
        text.line("cli add access-rule layer \"$ACCESS\" position top" + matched
                + " action Accept track.type Log comments " + quoted(allow.sentence()));
        text.comment("no TLS inspection, and no Threat Prevention, of the stream");
        text.line("may add https-rule layer \"$HTTPS\" position top" + matched + " action Bypass");
        text.line("may add threat-exception exception-group-name 'Global Exceptions' position top" + matched
                + " action Inactive");
    }

    @Override
    public String removal(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("any", "any"));
        RuleText text = RuleText.withComments("#").line("#!/bin/bash");
        text.comment("Culvert: removes its rules of site " + plan.site()
                + "; bash FILE on the management server, then install the policy");
        BEGIN.lines().forEach(text::line);
        removeRules(text, rules);
        if (!plan.isPart()) {
            text.line("gone service-group name " + quoted(PORTS));
            each(plan)
                    .forEach(service ->
                            text.line("gone service-" + service.transport() + " name " + quoted(service.name())));
            rules.ports().forEach(port -> text.line("gone service-tcp name " + quoted("culvert-" + port)));
        }
        rules.removable(plan).forEach(group -> {
            text.line("gone group name " + quoted(group.name()));
            for (int i = 0; i < group.members().size(); i++) {
                text.line("gone " + kind(group.members().get(i)) + " name " + quoted(group.member(i)));
            }
        });
        return text.line("cli publish").toString();
    }

    private static void removeRules(RuleText text, DeviceRules rules) {
        rules.allows().forEach(allow -> {
            text.line("gone access-rule layer \"$ACCESS\" name " + quoted(allow.name()));
            text.line("gone https-rule layer \"$HTTPS\" name " + quoted(allow.name()));
            text.line("gone threat-exception exception-group-name 'Global Exceptions' name " + quoted(allow.name()));
        });
        rules.stops().forEach(stop -> text.line("gone access-rule layer \"$ACCESS\" name " + quoted(stop.name())));
    }

    private static void group(RuleText text, DeviceRules.Group group) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < group.members().size(); i++) {
            Network member = group.members().get(i);
            String six = group.family() == Family.IPV6 ? "6" : "";
            names.add(group.member(i));
            text.line("put " + kind(member) + " name " + quoted(group.member(i))
                    + (AddressText.isSingle(member)
                            ? " ip-address " + quoted(AddressText.of(member))
                            : " subnet" + six + " " + quoted(AddressText.of(member.address())) + " mask-length" + six
                                    + " " + quoted("" + member.prefixBits())));
        }
        text.line("put group name " + quoted(group.name()) + members(names));
    }

    private static String kind(Network member) {
        return AddressText.isSingle(member) ? "host" : "network";
    }

    private record Service(String name, String transport, PortRange ports) {}

    private static List<Service> each(RulePlan plan) {
        List<Service> services = new ArrayList<>();
        plan.watched().tcp().forEach(range -> services.add(new Service("culvert-tcp-" + range, "tcp", range)));
        plan.watched().udp().forEach(range -> services.add(new Service("culvert-udp-" + range, "udp", range)));
        return services;
    }

    private static void services(RuleText text, RulePlan plan, List<String> names) {
        each(plan).forEach(service -> {
            text.line("put service-" + service.transport() + " name " + quoted(service.name()) + " port "
                    + quoted(service.ports().toString()));
            names.add(service.name());
        });
    }

    private static String members(List<String> names) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            members.append(" members.").append(i + 1).append(' ').append(quoted(names.get(i)));
        }
        return members.toString();
    }

    /** In single quotes of bash, within which only their end means something. */
    static String quoted(String text) {
        return "'" + SafeText.cut(SafeText.oneLine(text), MAX_COMMENT_BYTES).replace("'", "'\\''") + "'";
    }
}
