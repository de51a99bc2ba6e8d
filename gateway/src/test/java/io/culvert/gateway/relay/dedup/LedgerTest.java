package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LedgerTest {

    @Test
    void keepsTheLowestOfWhatIsUnacknowledged() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Ledger ledger = new Ledger();
            ArrayDeque<long[]> model = new ArrayDeque<>();
            long offset = 0;
            for (int step = 0; step < 500; step++) {
                if (random.nextInt(3) > 0 && model.size() < 500) {
                    offset += 1 + random.nextInt(10);
                    long position = random.nextInt(1000);
                    ledger.refers(offset, position);
                    model.add(new long[] {offset, position});
                } else if (!model.isEmpty()) {
                    long acknowledged = model.peek()[0] + random.nextInt(20);
                    ledger.acknowledged(acknowledged);
                    model.removeIf(entry -> entry[0] <= acknowledged);
                }
                long lowest = model.stream().mapToLong(entry -> entry[1]).min().orElse(Long.MAX_VALUE);
                assertThat(ledger.lowest()).as("seed %d", seed).isEqualTo(lowest);
            }
        }
    }

    @Test
    void showsWhatIsAcknowledgedAndNoMore() {
        Ledger ledger = new Ledger();
        Zone zone = new Zone(1000, ledger);
        ledger.appends(10, new Grant(zone, 1000, 10));
        ledger.appends(20, new Grant(zone, 1010, 10));
        assertThat(zone.visible).isZero();
        ledger.acknowledged(19);
        assertThat(zone.visible).isEqualTo(10);
        assertThat(ledger.lowest()).isEqualTo(1010);
        ledger.acknowledged(20);
        assertThat(zone.visible).isEqualTo(20);
        assertThat(ledger.lowest()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void mergesWhatGoesToTheSameZoneWhenItIsLong() {
        Ledger ledger = new Ledger();
        Zone zone = new Zone(0, ledger);
        int appends = 10 * Ledger.MAX_ENTRIES;
        for (int i = 0; i < appends; i++) {
            assertThat(ledger.hasRoom(1)).isTrue();
            ledger.appends(i + 1, new Grant(zone, i, 1));
        }
        ledger.acknowledged(100);
        assertThat(zone.visible).isEqualTo(100);
        ledger.acknowledged(appends - 1);
        assertThat(zone.visible).as("merged with what is not acknowledged").isLessThan(appends - 1);
        ledger.acknowledged(appends);
        assertThat(zone.visible).isEqualTo(appends);
    }
}
