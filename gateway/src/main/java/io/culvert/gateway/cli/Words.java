package io.culvert.gateway.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Figures as people read them; sizes in binary units. */
final class Words {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String NOTHING = "-";

    private Words() {}

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    static String bytes(Optional<Long> bytes) {
        return bytes.map(Words::bytes).orElse(NOTHING);
    }

    static String rate(double bytesPerSecond) {
        return bytes(Math.round(bytesPerSecond)) + "/s";
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** How much smaller something became: {@code 3.2 : 1}. */
    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.1f : 1", ratio);
    }

    static String seconds(long seconds) {
        Duration d = Duration.ofSeconds(seconds);
        if (seconds >= 86_400) {
            return d.toDays() + "d" + d.toHoursPart() + "h";
        }
        if (seconds >= 3_600) {
            return d.toHours() + "h" + d.toMinutesPart() + "m";
        }
        return seconds >= 60 ? d.toMinutes() + "m" + d.toSecondsPart() + "s" : seconds + "s";
    }

    /** Without fractions, which only widen a column. */
    static String time(Instant time) {
        return DateTimeFormatter.ISO_INSTANT.format(time.truncatedTo(ChronoUnit.SECONDS));
    }

    static String time(Optional<Instant> time) {
        return time.map(Words::time).orElse(NOTHING);
    }

    static String or(Optional<String> text) {
        return text.filter(t -> !t.isEmpty()).orElse(NOTHING);
    }

    static String or(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    /** Without what would move the cursor, begin a line or turn the direction of writing: it may be another's words, or the name of a file. */
    static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
    }

    /** {@code BACKING_OFF} as {@code backing-off}. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String of(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
