package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.cli.LocalWork.BenchFigure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code culvert bench} as the command runs it; of speed it says nothing. */
final class BenchIT {

    @Test
    void measuresEachPartAndTheStreamOverRealTls() throws Exception {
        List<BenchFigure> figures = new ArrayList<>();

        new Workshop().bench(figures::add);

        assertThat(figures)
                .extracting(BenchFigure::name)
                .containsExactly(
                        "chunker",
                        "fingerprint",
                        "segment encode",
                        "segment verify",
                        "pool append and force",
                        "stream, both ends",
                        "round trip under bulk");
        assertThat(figures).allSatisfy(BenchIT::isPossible);
    }

    private static void isPossible(BenchFigure figure) {
        switch (figure) {
            case BenchFigure.Rate rate -> {
                assertThat(rate.bytes()).isPositive();
                assertThat(rate.seconds()).isPositive();
                assertThat(rate.bytesPerSecond() * rate.seconds()).isBetween(0.99 * rate.bytes(), 1.01 * rate.bytes());
            }
            case BenchFigure.RoundTrip trip -> {
                assertThat(trip.count()).isPositive();
                assertThat(trip.p50Millis()).isPositive().isLessThanOrEqualTo(trip.p99Millis());
            }
        }
    }
}
