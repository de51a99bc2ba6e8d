package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    */15 * * * *   | 2026-11-20T10:00 | 2026-11-20T10:15
                    */15 * * * *   | 2026-11-20T10:14 | 2026-11-20T10:15
                    0 22 * * mon-fri | 2026-11-20T22:00 | 2026-11-23T22:00
                    0 1 * * 0      | 2026-11-20T00:00 | 2026-11-22T01:00
                    0 1 * * 7      | 2026-11-20T00:00 | 2026-11-22T01:00
                    0 0 29 2 *     | 2026-01-01T00:00 | 2028-02-29T00:00
                    0 3 1 * 1      | 2026-11-20T00:00 | 2026-11-23T03:00
                    0 3 1 * 1      | 2026-11-30T03:00 | 2026-12-01T03:00
                    30 6,18 * * *  | 2026-11-20T06:30 | 2026-11-20T18:30
                    """)
    void answersTheNextStart(String expression, LocalDateTime after, LocalDateTime next) {
        assertThat(new CronSchedule(expression).nextAfter(after.atZone(BERLIN).toInstant(), BERLIN))
                .contains(next.atZone(BERLIN).toInstant());
    }

    @Test
    void passesOverAnHourThatTheClocksSkip() {
        CronSchedule schedule = new CronSchedule("30 2 * * *");

        assertThat(schedule.nextAfter(Instant.parse("2026-03-28T12:00:00Z"), BERLIN))
                .contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void startsOnceInAnHourThatTheClocksRepeat() {
        CronSchedule schedule = new CronSchedule("30 2 * * *");

        Instant first = schedule.nextAfter(Instant.parse("2026-10-24T12:00:00Z"), BERLIN)
                .orElseThrow();

        assertThat(first).isEqualTo(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(schedule.nextAfter(first, BERLIN)).contains(Instant.parse("2026-10-26T01:30:00Z"));
    }

    @Test
    void keepsOneSpaceBetweenFields() {
        assertThat(new CronSchedule("  0\t3 *  * * "))
                .hasToString("0 3 * * *")
                .isEqualTo(new CronSchedule("0 3 * * *"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "0 24 * * *",
                "0 0 0 * *",
                "a * * * *",
                "*/0 * * * *",
                "0 0 31 2 *",
                "@daily",
                "0 0 L * *",
                "-1 * * * *",
                "5-1 * * * *",
                "? * * * *",
                "0 0 * 13 *",
                "0 0 * * 8"
            })
    void refusesWhatIsNoUnixSchedule(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CronSchedule(expression))
                .withMessageContainingAll("`" + expression + "`");
    }
}
