package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class VectorWarmUpTest {

    @Test
    void endsWhenRoundsAreFast() {
        AtomicLong ticks = new AtomicLong();
        assertThat(new VectorWarmUp(() -> ticks.addAndGet(1000)).run()).isTrue();
        assertThat(ticks.get())
                .as("200 rounds of two questions, and one before")
                .isEqualTo(401_000);
    }

    @Test
    void givesUpOnAJvmWhereVectorsStaySlow() {
        AtomicLong ticks = new AtomicLong();
        assertThat(new VectorWarmUp(() -> ticks.addAndGet(1_000_000_000)).run()).isFalse();
        assertThat(ticks.get()).as("a minute at most").isBetween(60_000_000_000L, 63_000_000_000L);
    }

    @Test
    void toleratesSlowRoundsBetweenFastOnes() {
        AtomicLong questions = new AtomicLong();
        AtomicLong ticks = new AtomicLong();
        VectorWarmUp warmUp =
                new VectorWarmUp(() -> ticks.addAndGet(questions.incrementAndGet() % 3 == 0 ? 1_000_000 : 1000));
        assertThat(warmUp.run()).isTrue();
    }
}
