package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StraysTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps
    private final Strays strays = new Strays(nanos::get);

    @Test
    void oneIsLookedForAtOnceThenLessAndLessOftenAndForgotten() {
        strays.add("j1");
        List<Long> looks = new ArrayList<>();
        for (long second = 0; second <= Strays.KEPT.toSeconds() + 60; second++) {
            if (strays.due().equals(List.of("j1"))) {
                looks.add(second);
                strays.looked("j1");
            }
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(looks).startsWith(0L, 1L, 3L, 7L, 15L, 31L, 51L, 71L).endsWith(1191L, 1211L);
    }

    @Test
    void anotherCallWithoutAnAnswerBeginsAnew() {
        strays.add("j1");
        strays.looked("j1");
        assertThat(strays.due()).isEmpty();
        strays.add("j1");
        assertThat(strays.due()).containsExactly("j1");
    }

    @Test
    void whatWasNeverAddedIsNotRemembered() {
        strays.looked("j1");
        assertThat(strays.due()).isEmpty();
    }
}
