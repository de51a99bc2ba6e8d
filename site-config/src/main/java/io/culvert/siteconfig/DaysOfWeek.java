package io.culvert.siteconfig;

import java.time.DayOfWeek;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The written form of days: {@code mon-fri}, {@code sat,sun}, {@code fri-mon} over the weekend, {@code daily}. */
final class DaysOfWeek {
    private static final List<String> NAMES = Stream.of(DayOfWeek.values())
            .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
            .toList();
    private static final String EXAMPLE = "write days as mon, mon-fri or sat,sun";

    private DaysOfWeek() {}

    static Set<DayOfWeek> all() {
        return Collections.unmodifiableSet(EnumSet.allOf(DayOfWeek.class));
    }

    static Set<DayOfWeek> parse(String text) {
        EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(" *, *", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                throw new IllegalArgumentException(EXAMPLE + "; found " + YamlNode.Scalar.quote(text));
            }
            DayOfWeek day = day(ends[0]);
            DayOfWeek last = day(ends[ends.length - 1]);
            days.add(day);
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return Collections.unmodifiableSet(days);
    }

    private static DayOfWeek day(String name) {
        int index = NAMES.indexOf(name.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException(YamlNode.Scalar.quote(name) + " is no day of the week; " + EXAMPLE + " ("
                    + String.join(" ", NAMES) + ")");
        }
        return DayOfWeek.of(index + 1);
    }
}
