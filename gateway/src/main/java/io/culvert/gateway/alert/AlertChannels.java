package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes the channels that a site file names. */
final class AlertChannels {
    private final Origin origin;
    private final LocalLog local;
    private final List<Path> bundles;

    AlertChannels(Origin origin, LocalLog local, List<Path> bundles) {
        this.origin = origin;
        this.local = local;
        this.bundles = List.copyOf(bundles);
    }

    /** By kind: webhook, mail, syslog. */
    Map<String, AlertChannel> of(Alerts alerts) {
        Map<String, AlertChannel> channels = new LinkedHashMap<>();
        alerts.webhook().ifPresent(webhook -> channels.put("webhook", new WebhookChannel(webhook, origin, bundles)));
        alerts.mail().ifPresent(mail -> channels.put("mail", new MailChannel(mail, origin, bundles)));
        alerts.syslog().ifPresent(syslog -> channels.put("syslog", new SyslogChannel(syslog, origin, local, bundles)));
        return channels;
    }

    /** Whether a channel goes another way in one site file than in the other. */
    static boolean differs(String kind, Alerts one, Alerts other) {
        return switch (kind) {
            case "webhook" -> !Objects.equals(one.webhook(), other.webhook());
            case "mail" -> !Objects.equals(one.mail(), other.mail());
            case "syslog" -> !Objects.equals(one.syslog(), other.syslog());
            default -> throw new IllegalArgumentException("kind must be of a channel, was " + kind);
        };
    }
}
