package io.culvert.siteconfig;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A number of bytes, written with a unit: {@code 20TiB} (powers of 1024) or {@code 20TB} (powers of 1000).
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
    private static final Quantity FORM = new Quantity(
            "a size", "20TiB", units(), Map.of("k", "KiB", "m", "MiB", "g", "GiB", "t", "TiB", "p", "PiB"));

    /** Checks that it is not negative. */
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must be >= 0, was " + bytes);
        }
    }

    /** Reads a number and a unit, a fraction of a byte cut off; throws {@link IllegalArgumentException} otherwise. */
    public static ByteSize parse(String text) {
        return new ByteSize(FORM.parse(text));
    }

    /** Returns the size in the largest unit that divides it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return FORM.format(bytes);
    }

    private static Map<String, Long> units() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("B", 1L);
        long binary = 1;
        long decimal = 1;
        for (String prefix : new String[] {"K", "M", "G", "T", "P"}) {
            binary *= 1024;
            decimal *= 1000;
            units.put(prefix + "iB", binary);
            units.put((prefix.equals("K") ? "k" : prefix) + "B", decimal);
        }
        return units;
    }
}
