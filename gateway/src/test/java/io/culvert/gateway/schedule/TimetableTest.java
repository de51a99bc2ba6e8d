package io.culvert.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.siteconfig.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimetableTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Timetable timetable = new Timetable();

    private static Schedule cron(String expression, String zone) {
        var cron = new CronSchedule(expression);
        return instant -> cron.nextAfter(instant, ZoneId.of(zone));
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-21T" + time + "Z");
    }

    @Test
    void startsAtItsTimesAndNotBefore() {
        timetable.put("finance", cron("*/15 * * * *", "UTC"), NOON);
        assertThat(timetable.next()).contains(at("12:15:00"));
        assertThat(timetable.takeDue(at("12:14:59"))).isEmpty();
        assertThat(timetable.takeDue(at("12:15:00"))).containsExactly("finance");
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:15:01"))).isEmpty();
        assertThat(timetable.takeDue(at("12:30:00"))).containsExactly("finance");
    }

    @Test
    void missedTimesCountAsOne() {
        timetable.put("finance", cron("*/15 * * * *", "UTC"), NOON.minus(Duration.ofDays(3)));
        assertThat(timetable.takeDue(NOON)).containsExactly("finance");
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:00:01"))).isEmpty();
        assertThat(timetable.next()).contains(at("12:15:00"));
    }

    @Test
    void aRunningJobIsNotStartedAgainAndWhatItMissedFollowsOnce() {
        timetable.put("finance", cron("*/15 * * * *", "UTC"), NOON);
        assertThat(timetable.takeDue(at("12:15:00"))).containsExactly("finance");
        assertThat(timetable.takeDue(at("12:30:00"))).isEmpty();
        assertThat(timetable.takeDue(at("12:50:00"))).isEmpty();
        assertThat(timetable.next()).isEmpty();
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:50:00"))).containsExactly("finance");
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:50:01"))).isEmpty();
    }

    @Test
    void aNewScheduleDoesNotForgetARunningJob() {
        timetable.put("finance", cron("*/15 * * * *", "UTC"), NOON);
        timetable.takeDue(at("12:15:00"));
        timetable.put("finance", cron("* * * * *", "UTC"), at("12:15:00"));
        assertThat(timetable.takeDue(at("12:20:00"))).isEmpty();
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:20:00"))).containsExactly("finance");
        timetable.remove("finance");
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("13:00:00"))).isEmpty();
        assertThat(timetable.next("finance")).isEmpty();
    }

    @Test
    void theLongestDueStartsFirst() {
        timetable.put("a", cron("30 12 * * *", "UTC"), NOON);
        timetable.put("b", cron("10 12 * * *", "UTC"), NOON);
        timetable.put("c", instant -> Optional.empty(), NOON);
        assertThat(timetable.takeDue(at("13:00:00"))).containsExactly("b", "a");
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceASchedule() {
        timetable.put("finance", cron("*/15 * * * *", "UTC"), NOON);
        assertThat(timetable.takeDue(NOON.plus(Duration.ofDays(30)))).containsExactly("finance");
        timetable.ended("finance");
        assertThat(timetable.takeDue(at("12:01:00"))).isEmpty();
        assertThat(timetable.takeDue(at("12:15:00"))).containsExactly("finance");
    }

    /** Berlin's clocks go from 2 to 3 on 29 March 2026 and from 3 to 2 on 25 October 2026. */
    @ParameterizedTest
    @CsvSource({
        "0 2 * * *, 2026-10-24T12:00:00Z, 48, 2",
        "30 3 * * *, 2026-03-28T12:00:00Z, 48, 2",
        "0 * * * *, 2026-03-28T23:30:00Z, 24, 24",
        "0 * * * *, 2026-10-24T22:30:00Z, 24, 24"
    })
    void eachTimeHappensOnceWhenTheClocksChange(String expression, Instant from, int hours, int expected) {
        timetable.put("finance", cron(expression, "Europe/Berlin"), from);
        List<Instant> starts = new ArrayList<>();
        for (int minute = 1; minute <= hours * 60; minute++) {
            Instant now = from.plus(Duration.ofMinutes(minute));
            if (!timetable.takeDue(now).isEmpty()) {
                starts.add(now);
                timetable.ended("finance");
            }
        }
        assertThat(starts).hasSize(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void jobsOfADatasetNeverOverlapAndNoneIsForgotten(long seed) {
        var random = new Random(seed);
        Set<String> running = new HashSet<>();
        Map<String, Integer> starts = new HashMap<>();
        Instant now = NOON;
        for (int i = 0; i < 6; i++) {
            timetable.put("d" + i, cron("*/" + (i + 2) + " * * * *", "UTC"), now);
        }
        for (int step = 0; step < 2_000; step++) {
            now = now.plusSeconds(random.nextInt(300));
            for (String dataset : timetable.takeDue(now)) {
                assertThat(running.add(dataset)).as("seed %d", seed).isTrue();
                starts.merge(dataset, 1, Integer::sum);
            }
            String ending = "d" + random.nextInt(6);
            if (running.remove(ending)) {
                timetable.ended(ending);
            }
        }
        assertThat(starts).as("seed %d", seed).hasSize(6);
        assertThat(starts.values()).as("seed %d", seed).allMatch(count -> count > 100);
    }
}
