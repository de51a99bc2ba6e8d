package io.culvert.gateway.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * The start of a log line: under systemd (JOURNAL_STREAM is set) the priority as {@code <N>}, which the journal takes off
 * and keeps beside its own time; else the time and the level.
 */
public final class LineStart extends ClassicConverter {
    private final boolean journal;

    /** Made by Logback. */
    public LineStart() {
        this(System.getenv("JOURNAL_STREAM") != null);
    }

    LineStart(boolean journal) {
        this.journal = journal;
    }

    @Override
    public String convert(ILoggingEvent event) {
        return journal
                ? "<" + priority(event.getLevel()) + ">"
                : DateTimeFormatter.ISO_INSTANT.format(event.getInstant().truncatedTo(ChronoUnit.MILLIS)) + " "
                        + event.getLevel() + " ";
    }

    /** As in syslog(3). */
    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }
}
