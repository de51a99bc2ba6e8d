package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class PositionIndexTest {

    private static final int RING_BYTES = 16 << 20;

    @Test
    void remembersTheNewestOfManyMoreEntriesThanItHasSlots() {
        PositionIndex index = new PositionIndex(RING_BYTES);
        int slots = RING_BYTES / PositionIndex.BYTES_PER_SLOT;
        long[] hashes = new Random(1).longs(20L * slots).toArray();
        for (int i = 0; i < hashes.length; i++) {
            index.put(hashes[i], i);
        }
        int found = 0;
        for (int i = hashes.length - slots / 2; i < hashes.length; i++) {
            found += index.find(hashes[i]) == i ? 1 : 0;
        }
        assertThat(found).as("of the newest half of its slots").isGreaterThan(slots / 2 * 98 / 100);
    }

    @Test
    void answersTheLastPositionOfAHashZeroAmongThem() {
        PositionIndex index = new PositionIndex(RING_BYTES);
        assertThat(index.find(0)).isEqualTo(Zone.NONE);
        index.put(0, 5);
        index.put(77, 6);
        index.put(77, 9);
        assertThat(index.find(0)).isEqualTo(5);
        assertThat(index.find(77)).isEqualTo(9);
        assertThat(index.find(78)).isEqualTo(Zone.NONE);
    }
}
