package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ProbeTimesTest {

    private final ProbeTimes times = new ProbeTimes();
    private long nowNanos = 7;

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    @Test
    void waitsUntilAPeerHasBeenAwayForAWhile() {
        assertThat(times.due(Set.of("busan"), nowNanos)).isEmpty();
        pass(ProbeTimes.PATIENCE.minusNanos(1));
        assertThat(times.due(Set.of("busan"), nowNanos)).isEmpty();
        pass(Duration.ofNanos(1));
        assertThat(times.due(Set.of("busan"), nowNanos)).hasValue("busan");
    }

    @Test
    void doesNotProbeAPeerAgainSoon() {
        times.due(Set.of("busan"), nowNanos);
        pass(ProbeTimes.PATIENCE);
        times.probed("busan", nowNanos);
        pass(ProbeTimes.EVERY.minusNanos(1));
        assertThat(times.due(Set.of("busan"), nowNanos)).isEmpty();
        pass(Duration.ofNanos(1));
        assertThat(times.due(Set.of("busan"), nowNanos)).hasValue("busan");
    }

    @Test
    void beginsAnewWhenAPeerWasThereInTheMeantime() {
        times.due(Set.of("busan"), nowNanos);
        pass(ProbeTimes.PATIENCE);
        times.probed("busan", nowNanos);
        assertThat(times.due(Set.of(), nowNanos)).isEmpty();
        assertThat(times.due(Set.of("busan"), nowNanos)).isEmpty();
        pass(ProbeTimes.PATIENCE);
        assertThat(times.due(Set.of("busan"), nowNanos)).hasValue("busan");
    }

    @Test
    void takesOneThatWasNotProbedYetFirst() {
        times.due(Set.of("busan", "daegu"), nowNanos);
        pass(ProbeTimes.EVERY);
        times.probed("busan", nowNanos - ProbeTimes.EVERY.toNanos());
        assertThat(times.due(Set.of("busan", "daegu"), nowNanos)).hasValue("daegu");
    }
}
