package io.culvert.siteconfig;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Optional;
import java.util.Set;

/**
 * One line of a peer's {@code bandwidth}: a limit, and when it holds.
 *
 * @param limit nothing: no limit ({@code none})
 * @param from the first moment of the period
 * @param to the end of the period, itself outside; midnight means the end of the day. At or before {@code from}, the
 *     period runs over midnight into the next day
 * @param days the days on which a period begins
 */
public record BandwidthRule(Optional<Bandwidth> limit, LocalTime from, LocalTime to, Set<DayOfWeek> days) {
    /** Copies the days. */
    public BandwidthRule {
        days = Set.copyOf(days);
    }

    /** Returns a rule that holds at all times. */
    public static BandwidthRule always(Bandwidth limit) {
        return new BandwidthRule(Optional.of(limit), LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, DaysOfWeek.all());
    }

    /** Returns whether the rule holds at {@code local}, by the clock on the wall. */
    public boolean holdsAt(LocalDateTime local) {
        LocalTime time = local.toLocalTime();
        boolean today = days.contains(local.getDayOfWeek());
        if (from.isBefore(to)) {
            return today && !time.isBefore(from) && time.isBefore(to);
        }
        boolean yesterday = days.contains(local.getDayOfWeek().minus(1));
        return today && !time.isBefore(from) || yesterday && time.isBefore(to);
    }

    /** Returns whether the rule holds at all times. */
    boolean holdsAlways() {
        return from.equals(to) && days.size() == DayOfWeek.values().length;
    }
}
