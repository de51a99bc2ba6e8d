package io.culvert.siteconfig;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The words of the file for the constants of an enum: their names in lower case. */
final class Words {
    private Words() {}

    static <E extends Enum<E>> Map<String, E> of(E[] constants) {
        Map<String, E> words = new LinkedHashMap<>();
        Arrays.stream(constants).forEach(c -> words.put(c.name().toLowerCase(Locale.ROOT), c));
        return words;
    }
}
