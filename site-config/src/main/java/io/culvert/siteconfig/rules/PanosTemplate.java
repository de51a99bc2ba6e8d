package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.PortRange;
import java.util.List;
import java.util.stream.Collectors;

/** Palo Alto Networks PAN-OS: address groups, services, security rules, and decryption rules that do not decrypt. */
final class PanosTemplate implements RuleTemplate {
    private static final int MAX_DESCRIPTION_CHARS = 200;
    private static final String SECURITY = "rulebase security rules ";
    private static final String DECRYPTION = "rulebase decryption rules ";
    private static final List<String> PORTS = List.of("culvert-ports-tcp", "culvert-ports-udp");

    @Override
    public String rules(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("trust", "untrust"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comments(plan.header(
                "PAN-OS",
                "load:   grep -v '^#' FILE, pasted in configuration mode; commit",
                "remove: what \"culvert rules render --format panos --remove\" prints; in the same commit when addresses changed",
                "The stream has a security rule without profiles and a decryption rule that does not decrypt."));
        rules.groups().forEach(group -> {
            for (int i = 0; i < group.members().size(); i++) {
                text.line("set address " + group.member(i) + " ip-netmask "
                        + AddressText.withPrefix(group.members().get(i)));
                text.line("set address-group " + group.name() + " static " + group.member(i));
            }
        });
        rules.ports().forEach(port -> text.line("set service culvert-" + port + " protocol tcp port " + port));
        text.line("set service " + PORTS.getFirst() + " protocol tcp port "
                + ports(plan.watched().tcp()));
        text.line("set service " + PORTS.getLast() + " protocol udp port "
                + ports(plan.watched().udp()));
        rules.stops().forEach(stop -> {
            text.comment(stop.sentence());
            String rule = SECURITY + stop.name();
            matched(text, rule, stop.fromZone(), stop.toZone(), stop.source(), stop.destination());
            PORTS.forEach(service -> text.line("set " + rule + " service " + service));
            text.line("set " + rule + " application any");
            text.line("set " + rule + " action drop");
            text.line("set " + rule + " log-start yes");
            text.line("move " + rule + " top");
        });
        rules.allows().forEach(allow -> allow(text, allow));
        return text.toString();
    }

    private static void allow(RuleText text, DeviceRules.Allow allow) {
        text.comment(allow.sentence());
        String rule = SECURITY + allow.name();
        matched(text, rule, allow.fromZone(), allow.toZone(), allow.source(), allow.destination());
        text.line("set " + rule + " service " + allow.service());
        text.line("set " + rule + " application any");
        text.line("set " + rule + " action allow");
        text.line("set " + rule + " option disable-server-response-inspection yes");
        text.line("set " + rule + " description " + quoted(allow.sentence()));
        text.line("move " + rule + " top");
        String decryption = DECRYPTION + allow.name();
        matched(text, decryption, allow.fromZone(), allow.toZone(), allow.source(), allow.destination());
        text.line("set " + decryption + " service " + allow.service());
        text.line("set " + decryption + " source-user any");
        text.line("set " + decryption + " category any");
        text.line("set " + decryption + " type ssl-forward-proxy");
        text.line("set " + decryption + " action no-decrypt");
        text.line("move " + decryption + " top");
    }

    @Override
    public String removal(RulePlan plan) {
        DeviceRules rules = DeviceRules.of(plan, plan.zones("trust", "untrust"));
        RuleText text = RuleText.withAsciiComments("#");
        text.comment("Culvert: removes its rules of site " + plan.site() + "; paste it in configuration mode, commit");
        rules.allows().forEach(allow -> {
            text.line("delete " + DECRYPTION + allow.name());
            text.line("delete " + SECURITY + allow.name());
        });
        rules.stops().forEach(stop -> text.line("delete " + SECURITY + stop.name()));
        if (!plan.isPart()) {
            PORTS.forEach(service -> text.line("delete service " + service));
            rules.ports().forEach(port -> text.line("delete service culvert-" + port));
        }
        rules.removable(plan).forEach(group -> {
            text.line("delete address-group " + group.name());
            for (int i = 0; i < group.members().size(); i++) {
                text.line("delete address " + group.member(i));
            }
        });
        return text.toString();
    }

    private static void matched(RuleText text, String rule, String from, String to, String source, String destination) {
        text.line("set " + rule + " from " + from);
        text.line("set " + rule + " to " + to);
        text.line("set " + rule + " source " + source);
        text.line("set " + rule + " destination " + destination);
    }

    private static String ports(List<PortRange> ports) {
        return ports.stream().map(PortRange::toString).collect(Collectors.joining(","));
    }

    /** A string of PAN-OS: printable ASCII without quotes, backslashes and the sign that asks for help. */
    static String quoted(String text) {
        return "\"" + SafeText.cut(SafeText.ascii(text, "\"\\?"), MAX_DESCRIPTION_CHARS) + "\"";
    }
}
