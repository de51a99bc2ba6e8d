package io.culvert.gateway.alert;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;

/**
 * An alert as a message of syslog: RFC 5424 (2009) for collectors, and the older form that syslog(3) writes for this machine's own. Facility
 * daemon; severity error while something is wrong, notice when it is over, informational for a test.
 *
 * <pre>
 *   &lt;27&gt;1 2026-11-30T15:00:00Z gw1 culvert 4711 RAISED [culvert@32473 site="seoul" …] BOM peer busan is not connected: …
 * </pre>
 *
 * <p>32473 is the enterprise number of documentation (RFC 5612): the project has none of its own.
 */
final class SyslogMessage {
    private static final int DAEMON = 3;
    private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int HOST_CHARS = 255;

    private SyslogMessage() {}

    /** @param maxBytes what is longer is cut at its end */
    static byte[] rfc5424(Origin origin, Alert alert, long pid, int maxBytes) {
        String header = "<" + priority(alert) + ">1 "
                + alert.at().truncatedTo(ChronoUnit.MILLIS) + " " + host(origin.host()) + " culvert " + pid + " "
                + alert.event().name() + " [culvert@32473" + parameter("site", origin.site())
                + parameter("gateway", origin.gateway()) + parameter("alarm", alert.alarm())
                + parameter("incident", alert.incident())
                + alert.finding()
                        .map(found -> parameter("verdict", found.verdict()) + parameter("layer", found.layer()))
                        .orElse("")
                + "] ";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(BOM);
        out.writeBytes(text(origin, alert).getBytes(StandardCharsets.UTF_8));
        return cut(out.toByteArray(), maxBytes);
    }

    /** As syslog(3) writes it to /dev/log, which rsyslog and the journal both read. */
    static byte[] local(Origin origin, Alert alert, long pid, int maxBytes) {
        String message = "<" + priority(alert) + ">culvert[" + pid + "]: " + text(origin, alert);
        return cut(message.getBytes(StandardCharsets.UTF_8), maxBytes);
    }

    private static String text(Origin origin, Alert alert) {
        String found = alert.finding()
                .map(finding -> (finding.ask().isEmpty() ? "" : " | ask: " + finding.ask())
                        + (finding.rule().isEmpty() ? "" : " | rule: " + finding.rule()))
                .orElse("");
        String event = alert.event().name().toLowerCase(Locale.ROOT);
        return AlertText.line("site " + origin.site() + " " + event + ": " + alert.sentence() + found);
    }

    private static int priority(Alert alert) {
        int severity = switch (alert.event()) {
            case RAISED, CHANGED, REMINDER -> 3;
            case CLEARED -> 5;
            case TEST -> 6;
        };
        return DAEMON * 8 + severity;
    }

    /** PRINTUSASCII, or the nil value. */
    private static String host(String host) {
        String printable = host.replaceAll("[^!-~]", "");
        return printable.isEmpty() ? "-" : printable.substring(0, Math.min(HOST_CHARS, printable.length()));
    }

    private static String parameter(String name, String value) {
        return " " + name + "=\"" + AlertText.line(value).replaceAll("([\"\\\\\\]])", "\\\\$1") + "\"";
    }

    /** At the end of a character. */
    private static byte[] cut(byte[] message, int maxBytes) {
        if (message.length <= maxBytes) {
            return message;
        }
        int end = maxBytes;
        while (end > 0 && (message[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(message, end);
    }
}
