package io.culvert.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LineStartTest {

    @ParameterizedTest
    @CsvSource({"ERROR, <3>", "WARN, <4>", "INFO, <6>", "DEBUG, <7>"})
    void startsWithThePriorityForTheJournal(String level, String start) {
        assertThat(new LineStart(true).convert(event(level))).isEqualTo(start);
    }

    @Test
    void startsWithTimeAndLevelForPeople() {
        assertThat(new LineStart(false).convert(event("WARN"))).isEqualTo("2026-11-21T03:00:00Z WARN ");
    }

    private static LoggingEvent event(String level) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(new LoggerContext());
        event.setLevel(Level.toLevel(level));
        event.setInstant(Instant.parse("2026-11-21T03:00:00Z"));
        return event;
    }
}
