package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UntoldTest {

    private static final long DUE = Untold.PATIENCE.toNanos();

    private final Untold untold = new Untold();

    private static Untold.End end(String peer, long number) {
        return new Untold.End(
                new FlowLabel(new FlowId(1, number), peer, "dd", 2049, true, "192.0.2.1:1", Instant.EPOCH), "", 1);
    }

    @Test
    void anEndIsToldWhenItWasNotHeardOfByItself() {
        untold.add(end("busan", 1), 0);
        assertThat(untold.due(DUE - 1)).isEmpty();
        assertThat(untold.due(DUE)).containsExactly(end("busan", 1));
        assertThat(untold.due(DUE)).as("is being told").isEmpty();
    }

    @Test
    void anEndIsToldAgainUntilItWasHeardOf() {
        untold.add(end("busan", 1), 0);
        untold.add(end("busan", 2), 0);
        untold.told(end("busan", 1).flow().id());
        assertThat(untold.due(DUE)).containsExactly(end("busan", 2));
        untold.lost(end("busan", 2).flow().id());
        assertThat(untold.due(DUE)).containsExactly(end("busan", 2));
        untold.told(end("busan", 2).flow().id());
        untold.lost(end("busan", 2).flow().id());
        assertThat(untold.due(DUE)).isEmpty();
    }

    @Test
    void manyAreToldInTurnsAndTheOldestOfVeryManyIsForgotten() {
        for (int i = 0; i <= Untold.MAX_REMEMBERED; i++) {
            untold.add(end("busan", i), 0);
        }
        assertThat(untold.due(DUE))
                .hasSize(Untold.AT_A_TIME)
                .startsWith(end("busan", 1))
                .endsWith(end("busan", Untold.AT_A_TIME));
        assertThat(untold.due(DUE)).startsWith(end("busan", Untold.AT_A_TIME + 1));
    }

    @Test
    void whatNobodyHoldsAnyMoreIsForgotten() {
        untold.add(end("busan", 1), 0);
        assertThat(untold.due(Untold.FORGOTTEN.toNanos() + 1)).isEmpty();
    }
}
