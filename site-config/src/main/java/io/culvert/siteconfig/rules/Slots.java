package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.SiteName;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * Numbers for products that know their rules by number: those of a peer depend on its name, so that they stay when other peers come
 * and go.
 *
 * <p>They are 1,000,000,000 and above; of two peers whose names have the same place, which is rare, the later by name takes the next.
 */
final class Slots {
    /** Numbers of one peer. */
    static final int SIZE = 1_000;

    private static final int FIRST = 1_000_000_000;
    private static final int PLACES = 1_000_000;

    private final Map<SiteName, Integer> first = new TreeMap<>();

    Slots(RulePlan plan) {
        Set<Integer> taken = new HashSet<>();
        plan.pairs().stream().map(pair -> pair.peer().name()).sorted().forEach(name -> {
            int place = place(name);
            while (!taken.add(place)) {
                place = (place + 1) % PLACES;
            }
            first.put(name, FIRST + place * SIZE);
        });
    }

    private static int place(SiteName name) {
        CRC32 sum = new CRC32();
        sum.update(name.text().getBytes(StandardCharsets.US_ASCII));
        return (int) (sum.getValue() % PLACES);
    }

    /** The peer's number with this index. */
    int number(RulePair pair, int index) {
        if (index < 0 || index >= SIZE) {
            throw new IllegalArgumentException("a peer has rules 0 to " + (SIZE - 1) + ", was " + index);
        }
        return first.getOrDefault(pair.peer().name(), FIRST) + index;
    }
}
