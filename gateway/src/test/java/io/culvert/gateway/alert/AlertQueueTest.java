package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AlertQueueTest {

    private static Alert numbered(int number, Alert.Event event) {
        return new Alert(event, "pool:" + number, "pool " + number, Optional.empty(), Samples.NOW, Samples.NOW);
    }

    private static AlertQueue filled(Alert.Event event) {
        AlertQueue queue = new AlertQueue("mail", List.of());
        for (int i = 0; i < AlertQueue.MOST; i++) {
            queue.add(numbered(i, event));
        }
        return queue;
    }

    @Test
    void takesAsManyAsALargeSiteHasAtOnce() {
        AlertQueue queue = filled(Alert.Event.RAISED);
        assertThat(queue.size()).isEqualTo(1_000);
        assertThat(queue.dropped()).isZero();
        queue.add(numbered(1_000, Alert.Event.RAISED));
        assertThat(queue.size()).isEqualTo(1_000);
        assertThat(queue.dropped()).isEqualTo(1);
        assertThat(queue.first()).contains(numbered(1, Alert.Event.RAISED));
    }

    @Test
    void remindersGoBeforeWhatIsNews() {
        AlertQueue queue = filled(Alert.Event.RAISED);
        queue.remove(numbered(500, Alert.Event.RAISED));
        queue.add(numbered(500, Alert.Event.REMINDER));
        queue.add(numbered(0, Alert.Event.CLEARED));
        assertThat(queue.first()).contains(numbered(0, Alert.Event.RAISED));
        assertThat(queue.all())
                .doesNotContain(numbered(500, Alert.Event.REMINDER))
                .endsWith(numbered(0, Alert.Event.CLEARED));
    }

    @Test
    void whatIsADayOldIsGivenUpOnceItWasTried() {
        AlertQueue queue = new AlertQueue("mail", List.of(numbered(1, Alert.Event.RAISED)));
        Instant late = Samples.NOW.plus(AlertQueue.OLD).plusSeconds(1);
        assertThat(queue.giveUpOld(late)).as("the clock may have leapt").isFalse();
        queue.tried(numbered(1, Alert.Event.RAISED));
        assertThat(queue.giveUpOld(late.minusSeconds(2))).isFalse();
        assertThat(queue.giveUpOld(late)).isTrue();
        assertThat(queue.first()).isEmpty();
        assertThat(queue.dropped()).isEqualTo(1);
    }
}
