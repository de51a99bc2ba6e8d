package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackOffTest {

    @Test
    void doublesWithJitterUpToItsBoundAndStartsAnew() {
        for (long seed = 0; seed < 200; seed++) {
            BackOff backOff = new BackOff(Duration.ofMillis(250), Duration.ofSeconds(30), new SplittableRandom(seed));
            long step = 250;
            for (int i = 0; i < 20; i++) {
                assertThat(backOff.next())
                        .as("seed %d", seed)
                        .isBetween(Duration.ofMillis(step / 2), Duration.ofMillis(step));
                step = Math.min(2 * step, 30_000);
            }
            backOff.reset();
            assertThat(backOff.next()).isLessThanOrEqualTo(Duration.ofMillis(250));
        }
    }
}
