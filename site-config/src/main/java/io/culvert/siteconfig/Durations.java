package io.culvert.siteconfig;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The written form of a duration in the site file: a number and one of {@code s m h d w}, such as {@code 14d}. */
public final class Durations {
    private static final Quantity FORM = new Quantity("a duration", "300s", units(), synonyms());
    private static final long MAX_SECONDS = Duration.ofDays(36_525).toSeconds();

    private Durations() {}

    /** Reads a duration of whole seconds, at most 100 years; throws {@link IllegalArgumentException} otherwise. */
    public static Duration parse(String text) {
        long seconds = FORM.parse(text);
        if (seconds > MAX_SECONDS) {
            throw new IllegalArgumentException(YamlNode.Scalar.quote(text) + " is longer than 100 years");
        }
        return Duration.ofSeconds(seconds);
    }

    /** Writes the whole seconds of {@code duration} so that {@link #parse} reads them back. */
    public static String format(Duration duration) {
        return FORM.format(duration.toSeconds());
    }

    private static Map<String, String> synonyms() {
        Map<String, String> synonyms = new LinkedHashMap<>();
        for (String word : new String[] {"sec", "secs", "second", "seconds"}) {
            synonyms.put(word, "s");
        }
        for (String word : new String[] {"min", "mins", "minute", "minutes"}) {
            synonyms.put(word, "m");
        }
        for (String word : new String[] {"hr", "hrs", "hour", "hours"}) {
            synonyms.put(word, "h");
        }
        for (String word : new String[] {"day", "days"}) {
            synonyms.put(word, "d");
        }
        for (String word : new String[] {"week", "weeks"}) {
            synonyms.put(word, "w");
        }
        return synonyms;
    }

    private static Map<String, Long> units() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("s", 1L);
        units.put("m", 60L);
        units.put("h", 3_600L);
        units.put("d", 86_400L);
        units.put("w", 604_800L);
        return units;
    }
}
