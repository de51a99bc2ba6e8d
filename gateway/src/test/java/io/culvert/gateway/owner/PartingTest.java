package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PartingTest {

    private static final Share STREAM = new Share(List.of(Thing.peer("busan")), Set.of());
    private static final Share POOL = new Share(List.of(Thing.pool("main")), Set.of());

    private long seconds;
    private int connections;
    private final Parting parting =
            new Parting(() -> seconds * 1_000_000_000L, peer -> peer.equals("busan") ? connections : 0);

    private void see(boolean live) {
        parting.see(List.of(new Book.Gateway(
                2,
                "seoul/2",
                "h",
                "h:1",
                live,
                Book.Mode.SERVING,
                List.of(),
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH)));
    }

    @Test
    void oneThatComesAndGoesIsGivenNothing() {
        for (int i = 0; i < 10; i++) {
            see(true);
            seconds += Parting.STEADY.toSeconds() - 1;
            see(true);
            assertThat(parting.isDue(POOL, 2)).isFalse();
            see(false);
        }
        see(true);
        seconds += Parting.STEADY.toSeconds();
        see(true);
        assertThat(parting.isDue(POOL, 2)).isTrue();
        assertThat(parting.isDue(POOL, 3)).as("one that was never seen").isFalse();
    }

    @Test
    void connectionsAreNotCutForTheSakeOfBalance() {
        see(true);
        seconds += 1_000_000;
        connections = 1;
        assertThat(parting.isDue(STREAM, 2)).isFalse();
        assertThat(parting.isDue(POOL, 2)).isTrue();
        connections = 0;
        assertThat(parting.isDue(STREAM, 2)).isTrue();
    }

    @Test
    void whoDrainsGivesAtOnceButAStreamWhenItsConnectionsHaveEndedOrHadTheirTime() {
        connections = 2;
        parting.drain(Duration.ofSeconds(10));
        assertThat(parting.isDue(POOL, 2)).isTrue();
        assertThat(parting.isDue(STREAM, 2)).isFalse();
        connections = 0;
        assertThat(parting.isDue(STREAM, 2)).isTrue();
        connections = 2;
        seconds += 9;
        parting.drain(Duration.ofSeconds(10)); // asked again, as the command does
        assertThat(parting.isDue(STREAM, 2)).isFalse();
        seconds += 1;
        assertThat(parting.isDue(STREAM, 2)).isTrue();
    }

    @Test
    void aShorterTimeCountsAndTheEndOfDrainingForgetsIt() {
        connections = 1;
        parting.drain(Duration.ofHours(1));
        parting.drain(Duration.ZERO);
        assertThat(parting.isDue(STREAM, 2)).isTrue();
        parting.drainNoMore();
        assertThat(parting.drains()).isFalse();
        parting.drain(Duration.ofHours(1));
        assertThat(parting.isDue(STREAM, 2)).isFalse();
    }
}
