package io.culvert.gateway.alert;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** An alert in words for people: a headline of one line, and everything that is known. No line holds a control character. */
final class AlertText {
    private static final int HEADLINE_CHARS = 200;

    private AlertText() {}

    /** One line. */
    static String headline(Origin origin, Alert alert) {
        String what = switch (alert.event()) {
            case RAISED -> alert.sentence();
            case CHANGED -> "now: " + alert.sentence();
            case REMINDER -> "still: " + alert.sentence();
            case CLEARED -> "over: " + alert.sentence();
            case TEST -> alert.sentence();
        };
        String verdict = alert.event() == Alert.Event.CLEARED
                ? ""
                : alert.finding().map(found -> found.verdict() + ": ").orElse("");
        String line = "culvert " + origin.site() + ": " + verdict + line(what);
        return line.length() <= HEADLINE_CHARS ? line : cut(line) + "…";
    }

    private static String cut(String line) {
        int end = HEADLINE_CHARS - 1;
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end);
    }

    /** All of it, in lines of any length, each ended by a line feed. */
    static String whole(Origin origin, Alert alert) {
        List<String> lines = new ArrayList<>();
        lines.add(event(alert));
        lines.add("");
        lines.add("what      " + line(alert.sentence()));
        lines.add("since     " + alert.since().truncatedTo(ChronoUnit.SECONDS));
        lines.add("site      " + origin.site() + ", gateway " + origin.gateway() + " on host " + line(origin.host()));
        alert.finding().ifPresent(finding -> finding(finding, lines));
        lines.add("");
        lines.add("`culvert status` on that host shows how it stands now. All messages of this alarm have the number "
                + alert.incident() + ".");
        return String.join("\n", lines) + "\n";
    }

    private static String event(Alert alert) {
        return switch (alert.event()) {
            case RAISED -> "An alarm stands.";
            case CHANGED -> "An alarm still stands; a probe has found another reason.";
            case REMINDER -> "An alarm still stands.";
            case CLEARED ->
                "An alarm is over. It stood for "
                        + minutes(Duration.between(alert.since(), alert.at()))
                        + ". This is what was wrong:";
            case TEST -> "Nothing is wrong: this is a test.";
        };
    }

    private static String minutes(Duration stood) {
        return stood.toMinutes() < 2 ? Math.max(0, stood.toSeconds()) + " s" : stood.toMinutes() + " minutes";
    }

    private static void finding(Finding finding, List<String> lines) {
        lines.add("");
        lines.add("verdict   " + line(finding.verdict()) + " (layer " + line(finding.layer()) + ", confidence "
                + line(finding.confidence()) + ")");
        finding.evidence().forEach(sentence -> lines.add("evidence  " + line(sentence)));
        if (!finding.ask().isEmpty()) {
            lines.add("ask       " + line(finding.ask()));
        }
        finding.rule().lines().forEach(one -> lines.add("rule      " + line(one)));
    }

    /** Without what could begin a line of its own, move a cursor or turn the direction of writing. */
    static String line(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ");
    }
}
