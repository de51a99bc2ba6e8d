package io.culvert.gateway.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.console.Listening.Step;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ListeningTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SetClock clock = new SetClock();
    private final Listening listening = new Listening(Optional.of("k-1"), clock.nanos());

    private Step next(String newest, boolean full) {
        return listening.next(Optional.of(newest), true, full, clock.nanos());
    }

    @Test
    void isToldWhatItHasNotHeardAndThatOnce() {
        assertThat(listening.next(Optional.empty(), true, false, clock.nanos())).isEqualTo(Step.NOTHING);
        assertThat(next("k-1", false)).isEqualTo(Step.NOTHING);
        assertThat(next("k-2", false)).isEqualTo(Step.TELL);
        assertThat(next("k-2", false)).isEqualTo(Step.NOTHING);
    }

    @Test
    void hearsAHeartbeatEachFifteenSecondsOfSilence() {
        clock.pass(Duration.ofSeconds(10));
        assertThat(next("k-2", false)).isEqualTo(Step.TELL);
        clock.pass(Listening.BEAT.minus(SECOND));
        assertThat(next("k-2", false)).isEqualTo(Step.NOTHING);
        clock.pass(SECOND);
        assertThat(next("k-2", false)).isEqualTo(Step.BEAT);
        assertThat(next("k-2", false)).isEqualTo(Step.NOTHING);
        clock.pass(Listening.BEAT);
        assertThat(next("k-2", false)).isEqualTo(Step.BEAT);
    }

    @Test
    void aSlowOneIsToldTheNewestWhenItHasTakenTheLast() {
        assertThat(next("k-2", false)).isEqualTo(Step.TELL);
        for (int i = 3; i < 20; i++) {
            clock.pass(SECOND);
            assertThat(next("k-" + i, true)).isEqualTo(Step.NOTHING);
        }
        assertThat(next("k-20", false)).isEqualTo(Step.TELL);
        assertThat(next("k-20", false)).isEqualTo(Step.NOTHING);
    }

    @Test
    void oneThatTakesNothingIsGivenUp() {
        assertThat(next("k-2", false)).isEqualTo(Step.TELL);
        clock.pass(Listening.PATIENCE);
        assertThat(next("k-3", true)).isEqualTo(Step.NOTHING);
        clock.pass(SECOND);
        assertThat(next("k-3", true)).isEqualTo(Step.GIVE_UP);
    }

    @Test
    void theEndOfItsSessionComesBeforeAllElse() {
        assertThat(listening.next(Optional.of("k-2"), false, true, clock.nanos()))
                .isEqualTo(Step.END);
        assertThat(listening.next(Optional.of("k-2"), false, false, clock.nanos()))
                .isEqualTo(Step.END);
    }
}
