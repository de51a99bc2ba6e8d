package io.culvert.siteconfig;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a number with a unit, such as {@code 20TiB} or {@code 1.5Gbit/s}, exactly. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?)\\s?([^0-9.\\s]\\S{0,15})?");

    private final String what;
    private final String example;
    private final Map<String, Long> units;
    private final Map<String, String> synonyms;

    /**
     * Describes one kind of quantity.
     *
     * @param what with its article, for sentences
     * @param units each with its worth; iterated in the order that people should read
     * @param synonyms other words for units, in lower case, with the unit that is meant; not accepted, only suggested
     */
    Quantity(String what, String example, Map<String, Long> units, Map<String, String> synonyms) {
        this.what = what;
        this.example = example;
        this.units = units;
        this.synonyms = synonyms;
    }

    long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(what + " is a number and a unit, for example " + example + "; found "
                    + YamlNode.Scalar.quote(text));
        }
        String unit = matcher.group(2);
        if (unit == null) {
            throw new IllegalArgumentException(what + " needs a unit (" + String.join(", ", units.keySet())
                    + "), for example " + example + "; found " + YamlNode.Scalar.quote(text));
        }
        Long worth = units.get(unit);
        if (worth == null) {
            throw new IllegalArgumentException(YamlNode.Scalar.quote(unit) + " is no unit of " + what
                    + meant(matcher.group(1), unit) + " Units: " + String.join(", ", units.keySet()) + ".");
        }
        BigDecimal exact = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(worth));
        if (exact.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(YamlNode.Scalar.quote(text) + " is more than " + what + " can be");
        }
        return exact.setScale(0, RoundingMode.DOWN).longValueExact();
    }

    private String meant(String number, String unit) {
        return Optional.ofNullable(synonyms.get(unit.toLowerCase(Locale.ROOT)))
                .or(() -> units.keySet().stream().filter(unit::equalsIgnoreCase).findFirst())
                .or(() -> Suggestion.nearest(unit, units.keySet()))
                .map(near -> "; did you mean `" + number + near + "`?")
                .orElse(".");
    }

    /** Writes {@code amount} in the largest unit that divides it. */
    String format(long amount) {
        String best = amount + units.keySet().iterator().next();
        long bestWorth = 1;
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (unit.getValue() > bestWorth && amount % unit.getValue() == 0 && amount > 0) {
                best = amount / unit.getValue() + unit.getKey();
                bestWorth = unit.getValue();
            }
        }
        return best;
    }
}
