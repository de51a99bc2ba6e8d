package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PlacesTest {

    private static final Duration NOW = Duration.ZERO;

    private final Places places = new Places(2);

    @Test
    void soManyHoldAPlaceAndTheNextWhenOneLeaves() throws InterruptedException {
        Places.Turn first = places.turn();
        Places.Turn second = places.turn();
        Places.Turn third = places.turn();
        assertThat(first.await(NOW)).isTrue();
        assertThat(second.await(NOW)).isTrue();
        assertThat(third.await(NOW)).isFalse();

        first.close();
        first.close();

        assertThat(third.await(NOW)).isTrue();
        assertThat(places.turn().await(NOW)).as("a place that was left twice").isFalse();
    }

    @Test
    void whoLooksUpFromWaitingKeepsItsTurn() throws InterruptedException {
        Places.Turn first = places.turn();
        Places.Turn second = places.turn();
        assertThat(first.await(NOW) && second.await(NOW)).isTrue();
        Places.Turn third = places.turn();
        Places.Turn fourth = places.turn();
        assertThat(third.await(NOW)).isFalse();
        assertThat(fourth.await(NOW)).isFalse();
        assertThat(third.await(Duration.ofMillis(1))).isFalse();

        second.close();

        assertThat(fourth.await(NOW)).as("the place of who came before").isFalse();
        assertThat(third.await(NOW)).isTrue();
    }

    @Test
    void whoLeavesTheQueueHoldsUpNobody() throws Exception {
        Places.Turn first = places.turn();
        assertThat(first.await(NOW) && places.turn().await(NOW)).isTrue();
        Places.Turn gone = places.turn();
        Places.Turn next = places.turn();
        CompletableFuture<Boolean> came = CompletableFuture.supplyAsync(() -> {
            try {
                return next.await(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                return false;
            }
        });

        gone.close();
        first.close();

        assertThat(came.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
