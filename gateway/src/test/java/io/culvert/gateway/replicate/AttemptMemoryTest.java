package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class AttemptMemoryTest {

    private static final Duration AT_ONCE = Duration.ZERO;

    private final AttemptMemory memory = new AttemptMemory(10);

    private AttemptMemory.Place place() throws InterruptedException {
        return Objects.requireNonNull(memory.enter(AT_ONCE));
    }

    private static int taken(AttemptMemory.Place place) {
        int count = 0;
        while (place.blocks().poll() != null) {
            count++;
        }
        return count;
    }

    @Test
    void anAttemptAloneHasAllBlocksAndTheOthersTheirOwn() throws InterruptedException {
        try (AttemptMemory.Place first = place();
                AttemptMemory.Place second = place()) {
            assertThat(taken(first)).isEqualTo(10);
            assertThat(taken(second)).isEqualTo(BlockPool.OWN_BLOCKS);
        }
    }

    @Test
    void whatAnAttemptHadIsTheNextOnes() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            try (AttemptMemory.Place place = place()) {
                assertThat(taken(place)).isEqualTo(10);
                place.close();
                assertThat(place.blocks().poll()).as("a block after the end").isNull();
            }
        }
    }

    @Test
    void soManyAttemptsRunAndNoMoreUntilOneEnds() throws InterruptedException {
        List<AttemptMemory.Place> places = new ArrayList<>();
        for (int i = 0; i < AttemptMemory.MAX_ATTEMPTS; i++) {
            places.add(place());
        }
        assertThat(memory.enter(AT_ONCE)).isNull();

        places.getFirst().close();
        places.getFirst().close();

        assertThat(memory.enter(AT_ONCE)).isNotNull();
        assertThat(memory.enter(AT_ONCE))
                .as("a place that was given back twice")
                .isNull();
    }
}
