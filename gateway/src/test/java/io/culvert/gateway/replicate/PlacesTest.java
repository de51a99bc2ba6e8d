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
        Places.Turn first = places.turn("busan");
        Places.Turn second = places.turn("busan");
        Places.Turn third = places.turn("busan");
        assertThat(first.await(NOW)).isTrue();
        assertThat(second.await(NOW)).isTrue();
        assertThat(third.await(NOW)).isFalse();

        first.close();
        first.close();

        assertThat(third.await(NOW)).isTrue();
        assertThat(places.turn("busan").await(NOW))
                .as("a place that was left twice")
                .isFalse();
    }

    @Test
    void whoLooksUpFromWaitingKeepsItsTurn() throws InterruptedException {
        Places.Turn first = places.turn("busan");
        Places.Turn second = places.turn("busan");
        assertThat(first.await(NOW) && second.await(NOW)).isTrue();
        Places.Turn third = places.turn("busan");
        Places.Turn fourth = places.turn("busan");
        assertThat(third.await(NOW)).isFalse();
        assertThat(fourth.await(NOW)).isFalse();
        assertThat(third.await(Duration.ofMillis(1))).isFalse();

        second.close();

        assertThat(fourth.await(NOW)).as("the place of who came before").isFalse();
        assertThat(third.await(NOW)).isTrue();
    }

    @Test
    void aPeerThatHasNoneIsSparedOneWhileAnotherHoldsAll() throws InterruptedException {
        Places two = new Places(2, 1);
        Places.Turn first = two.turn("slow");
        assertThat(first.await(NOW) && two.turn("slow").await(NOW)).isTrue();
        Places.Turn more = two.turn("slow");
        Places.Turn other = two.turn("busan");
        Places.Turn second = two.turn("busan");
        Places.Turn third = two.turn("seoul");

        assertThat(more.await(NOW)).isFalse();
        assertThat(second.await(NOW)).as("before the first of its peer").isFalse();
        assertThat(other.await(NOW)).isTrue();
        assertThat(second.await(NOW)).as("a second one").isFalse();
        assertThat(third.await(NOW)).as("when what may be spared is taken").isFalse();

        other.close();
        assertThat(third.await(NOW)).isTrue();
        first.close();
        assertThat(more.await(NOW)).as("as long as the spared place is taken").isFalse();
        third.close();
        assertThat(more.await(NOW)).isTrue();
        assertThat(second.await(NOW)).as("spared again").isTrue();
    }

    @Test
    void whoLeavesTheQueueHoldsUpNobody() throws Exception {
        Places.Turn first = places.turn("busan");
        assertThat(first.await(NOW) && places.turn("busan").await(NOW)).isTrue();
        Places.Turn gone = places.turn("busan");
        Places.Turn next = places.turn("busan");
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
