package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BandwidthPlanTest {
    private static final ZoneId SEOUL = ZoneId.of("Asia/Seoul");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void knowsNoLimitWithoutRules() {
        assertThat(BandwidthPlan.UNLIMITED.limitAt(Instant.EPOCH, SEOUL)).isEmpty();
        assertThat(BandwidthPlan.UNLIMITED.nextChangeAfter(Instant.EPOCH, SEOUL))
                .isEmpty();
    }

    @Test
    void letsTheLastRuleThatHoldsDecide() throws Exception {
        BandwidthPlan plan =
                plan("[{limit: 200Mbit/s}, {limit: 20Mbit/s, from: \"08:00\", to: \"19:00\", days: mon-fri}]");

        assertThat(at(plan, "2026-11-20T07:59:59")).contains(new Bandwidth(200_000_000));
        assertThat(at(plan, "2026-11-20T08:00:00")).contains(new Bandwidth(20_000_000));
        assertThat(at(plan, "2026-11-20T18:59:59")).contains(new Bandwidth(20_000_000));
        assertThat(at(plan, "2026-11-20T19:00:00")).contains(new Bandwidth(200_000_000));
        assertThat(at(plan, "2026-11-21T12:00:00")).as("a Saturday").contains(new Bandwidth(200_000_000));
    }

    @Test
    void runsOverMidnightIntoTheNextDay() throws Exception {
        BandwidthPlan plan = plan("[{limit: 1Mbit/s, from: \"22:00\", to: \"06:00\", days: fri}]");

        assertThat(at(plan, "2026-11-20T21:59:59")).isEmpty();
        assertThat(at(plan, "2026-11-20T22:00:00")).isPresent();
        assertThat(at(plan, "2026-11-21T05:59:59")).as("it began on Friday").isPresent();
        assertThat(at(plan, "2026-11-21T06:00:00")).isEmpty();
        assertThat(at(plan, "2026-11-21T22:00:00")).as("Saturday is not named").isEmpty();
        assertThat(at(plan, "2026-11-20T05:00:00")).as("Thursday is not named").isEmpty();
    }

    @Test
    void liftsALimitWithNone() throws Exception {
        BandwidthPlan plan = plan("[{limit: 1Mbit/s}, {limit: none, from: \"22:00\", to: \"24:00\"}]");

        assertThat(at(plan, "2026-11-20T21:59:59")).isPresent();
        assertThat(at(plan, "2026-11-20T23:59:59")).isEmpty();
        assertThat(at(plan, "2026-11-21T00:00:00")).isPresent();
    }

    @Test
    void holdsWholeDays() throws Exception {
        BandwidthPlan plan = plan("[{limit: 1Mbit/s, days: \"fri-sat, mon\"}]");

        assertThat(at(plan, "2026-11-19T23:59:59")).isEmpty();
        assertThat(at(plan, "2026-11-20T00:00:00")).isPresent();
        assertThat(at(plan, "2026-11-21T23:59:59")).isPresent();
        assertThat(at(plan, "2026-11-22T00:00:00")).as("Sunday").isEmpty();
        assertThat(at(plan, "2026-11-23T12:00:00")).isPresent();
    }

    @Test
    void agreesWithItselfAtEveryMinuteOfTwoWeeksAcrossAClockChange() throws Exception {
        BandwidthPlan plan = plan("[{limit: 9Mbit/s}, {limit: 2Mbit/s, from: \"08:15\", to: \"19:00\", days: mon-fri},"
                + " {limit: none, from: \"22:30\", to: \"02:30\", days: \"sat,sun\"}]");
        Instant next = Instant.parse("2026-10-20T00:00:00Z");
        Optional<Bandwidth> limit = plan.limitAt(next, BERLIN);
        Instant change = plan.nextChangeAfter(next, BERLIN).orElseThrow();
        for (Instant end = next.plusSeconds(14 * 86_400); next.isBefore(end); next = next.plusSeconds(60)) {
            if (!next.isBefore(change)) {
                limit = plan.limitAt(next, BERLIN);
                change = plan.nextChangeAfter(next, BERLIN).orElseThrow();
            }
            assertThat(plan.limitAt(next, BERLIN))
                    .as("%s changes only when it said so", next.atZone(BERLIN))
                    .isEqualTo(limit);
        }
    }

    private static Optional<Bandwidth> at(BandwidthPlan plan, String local) {
        return plan.limitAt(LocalDateTime.parse(local).atZone(SEOUL).toInstant(), SEOUL);
    }

    private static BandwidthPlan plan(String rules) throws ConfigException {
        return Samples.parse("site: seoul\npeers: {busan: {bandwidth: " + rules + "}}\n")
                .peer(new SiteName("busan"))
                .bandwidth();
    }
}
