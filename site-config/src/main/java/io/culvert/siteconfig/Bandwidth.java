package io.culvert.siteconfig;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A rate, written {@code 200Mbit/s} or {@code 25MB/s}; prefixes are powers of 1000, or of 1024 with an {@code i}.
 *
 * @param bitsPerSecond more than 0
 */
public record Bandwidth(long bitsPerSecond) {
    /** The least rate that lets control messages and keepalive through. */
    static final long MIN_BITS_PER_SECOND = 64_000;

    private static final Quantity FORM = new Quantity(
            "a bandwidth",
            "200Mbit/s",
            units(),
            Map.of("bps", "bit/s", "kbps", "kbit/s", "mbps", "Mbit/s", "gbps", "Gbit/s"));

    private static final Quantity BITS = new Quantity("a bandwidth", "200Mbit/s", bits(), Map.of());

    /** Checks that it is more than nothing. */
    public Bandwidth {
        if (bitsPerSecond <= 0) {
            throw new IllegalArgumentException("bitsPerSecond must be > 0, was " + bitsPerSecond);
        }
    }

    /** Reads a number and a unit; throws {@link IllegalArgumentException} otherwise, also below 64 kbit/s. */
    public static Bandwidth parse(String text) {
        long bitsPerSecond = FORM.parse(text);
        if (bitsPerSecond < MIN_BITS_PER_SECOND) {
            throw new IllegalArgumentException("a bandwidth is at least 64kbit/s, or the stream cannot stay up; found "
                    + YamlNode.Scalar.quote(text));
        }
        return new Bandwidth(bitsPerSecond);
    }

    /** Returns the rate in whole bytes. */
    public long bytesPerSecond() {
        return bitsPerSecond / Byte.SIZE;
    }

    /** Returns the rate in the largest unit of bits that divides it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return BITS.format(bitsPerSecond);
    }

    private static Map<String, Long> bits() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("bit/s", 1L);
        units.put("kbit/s", 1_000L);
        units.put("Mbit/s", 1_000_000L);
        units.put("Gbit/s", 1_000_000_000L);
        return units;
    }

    private static Map<String, Long> units() {
        Map<String, Long> units = bits();
        units.put("B/s", 8L);
        units.put("kB/s", 8_000L);
        units.put("MB/s", 8_000_000L);
        units.put("GB/s", 8_000_000_000L);
        units.put("KiB/s", 8L << 10);
        units.put("MiB/s", 8L << 20);
        units.put("GiB/s", 8L << 30);
        return units;
    }
}
