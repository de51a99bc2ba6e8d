package io.culvert.siteconfig;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All limits of a peer: the <em>last</em> rule that holds at a moment decides, none means no limit.
 *
 * @param rules in the order of the file, the general first
 */
public record BandwidthPlan(List<BandwidthRule> rules) {
    /** No limit at any time. */
    public static final BandwidthPlan UNLIMITED = new BandwidthPlan(List.of());

    /** Copies the rules. */
    public BandwidthPlan {
        rules = List.copyOf(rules);
    }

    /** Returns the limit at {@code instant} by the clocks of {@code zone}, nothing if there is none. */
    public Optional<Bandwidth> limitAt(Instant instant, ZoneId zone) {
        return rules.reversed().stream()
                .filter(rule -> rule.holdsAt(instant.atZone(zone).toLocalDateTime()))
                .findFirst()
                .flatMap(BandwidthRule::limit);
    }

    /** Returns the next moment after {@code instant} at which a rule may begin or end, nothing if all hold always. */
    public Optional<Instant> nextChangeAfter(Instant instant, ZoneId zone) {
        LocalDate today = instant.atZone(zone).toLocalDate();
        return rules.stream()
                .filter(rule -> !rule.holdsAlways())
                .flatMap(rule -> Stream.of(rule.from(), rule.to()))
                .flatMap(time -> Stream.of(today.atTime(time), today.plusDays(1).atTime(time)))
                .flatMap(local -> instants(local, zone, instant))
                .filter(instant::isBefore)
                .min(Instant::compareTo);
    }

    /** Returns when the clocks of {@code zone} show {@code local}, once, twice or never, and when they next jump. */
    private static Stream<Instant> instants(LocalDateTime local, ZoneId zone, Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffsetTransition jump = rules.nextTransition(after);
        return Stream.concat(
                rules.getValidOffsets(local).stream().map(local::toInstant),
                Stream.ofNullable(jump).map(ZoneOffsetTransition::getInstant));
    }
}
