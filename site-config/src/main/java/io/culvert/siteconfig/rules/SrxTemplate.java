package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.PortRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Juniper SRX: address sets, applications, and policies without application services. */
final class SrxTemplate implements RuleTemplate {
    private static final int MAX_DESCRIPTION_CHARS = 120;
    private static final String BOOK = "security address-book global ";
    private static final String PORTS = "culvert-ports";

    @Override
    public String rules(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("trust", "untrust"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comments(plan.header(
                "Juniper SRX",
                "load:   load set FILE (or load set terminal), then insert the policies before those that allow or deny more, commit check,"
                        + " commit",
                "remove: what \"culvert rules render --format srx --remove\" prints; in the same commit when addresses changed",
                "The stream is permitted without application-services: neither IDP nor SSL proxy touch it."));
        rules.groups().forEach(group -> {
            for (int i = 0; i < group.members().size(); i++) {
                text.line("set " + BOOK + "address " + group.member(i) + " "
                        + AddressText.withPrefix(group.members().get(i)));
                text.line("set " + BOOK + "address-set " + group.name() + " address " + group.member(i));
            }
        });
        rules.ports()
                .forEach(port -> text.line(
                        "set applications application culvert-" + port + " protocol tcp destination-port " + port));
        applications(plan).forEach((name, definition) -> {
            text.line("set applications application " + name + " " + definition);
            text.line("set applications application-set " + PORTS + " application " + name);
        });
        rules.allows().forEach(allow -> {
            text.comment(allow.sentence());
            String policy = policy(allow.fromZone(), allow.toZone(), allow.name());
            match(text, policy, allow.source(), allow.destination(), allow.service());
            text.line("set " + policy + " description " + quoted(allow.sentence()));
            text.line("set " + policy + " then permit");
            text.line("set " + policy + " then log session-close");
        });
        rules.stops().forEach(stop -> {
            text.comment(stop.sentence());
            String policy = policy(stop.fromZone(), stop.toZone(), stop.name());
            match(text, policy, stop.source(), stop.destination(), PORTS);
            text.line("set " + policy + " then deny");
            text.line("set " + policy + " then log session-init");
            text.line("set " + policy + " then count");
        });
        return text.toString();
    }

    @Override
    public String removal(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("trust", "untrust"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comment("Culvert: removes its rules of site " + plan.site() + "; load set FILE, commit");
        rules.allows().forEach(allow -> text.line("delete " + policy(allow.fromZone(), allow.toZone(), allow.name())));
        rules.stops().forEach(stop -> text.line("delete " + policy(stop.fromZone(), stop.toZone(), stop.name())));
        if (!plan.isPart()) {
            text.line("delete applications application-set " + PORTS);
            applications(plan).keySet().forEach(name -> text.line("delete applications application " + name));
            rules.ports().forEach(port -> text.line("delete applications application culvert-" + port));
        }
        rules.removable(plan).forEach(group -> {
            text.line("delete " + BOOK + "address-set " + group.name());
            for (int i = 0; i < group.members().size(); i++) {
                text.line("delete " + BOOK + "address " + group.member(i));
            }
        });
        return text.toString();
    }

    private static Map<String, String> applications(RulePlan plan) {
        Map<String, String> applications = new LinkedHashMap<>();
        applications(applications, "tcp", plan.watched().tcp());
        applications(applications, "udp", plan.watched().udp());
        return applications;
    }

    private static void applications(Map<String, String> applications, String transport, List<PortRange> ports) {
        ports.forEach(range -> applications.put(
                "culvert-" + transport + "-" + range, "protocol " + transport + " destination-port " + range));
    }

    private static String policy(String from, String to, String name) {
        return "security policies from-zone " + from + " to-zone " + to + " policy " + name;
    }

    private static void match(RuleText text, String policy, String source, String destination, String application) {
        text.line("set " + policy + " match source-address " + source);
        text.line("set " + policy + " match destination-address " + destination);
        text.line("set " + policy + " match application " + application);
    }

    /** A string of Junos: printable ASCII without quotes, backslashes and the sign that asks for help. */
    static String quoted(String text) {
        return "\"" + SafeText.cut(SafeText.ascii(text, "\"\\?"), MAX_DESCRIPTION_CHARS) + "\"";
    }
}
