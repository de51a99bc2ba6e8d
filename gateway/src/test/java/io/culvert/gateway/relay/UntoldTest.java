package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UntoldTest {

    private static final long SOON = 1;
    private static final long LATER = Untold.LONG_ENOUGH.toNanos() + 2;

    private final Untold untold = new Untold();

    private static Untold.End end(String peer, long number) {
        return new Untold.End(
                new FlowLabel(new FlowId(1, number), peer, "dd", 2049, true, "192.0.2.1:1", Instant.EPOCH), "", 1);
    }

    @Test
    void anEndIsToldToItsPeerOnceWhenAStreamComes() {
        untold.add(end("busan", 1), 0);
        assertThat(untold.up("jeju", SOON)).isEmpty();
        assertThat(untold.up("busan", SOON)).containsExactly(end("busan", 1));
        assertThat(untold.up("busan", SOON)).isEmpty();
    }

    @Test
    void anEndThatWasHeardOfIsNotTold() {
        untold.add(end("busan", 1), 0);
        untold.add(end("busan", 2), 0);
        untold.told(end("busan", 1).flow().id());
        assertThat(untold.up("busan", SOON)).containsExactly(end("busan", 2));
    }

    @Test
    void aStreamThatLivedOnForLongHasTold() {
        untold.add(end("busan", 1), 0);
        assertThat(untold.up("busan", LATER)).isEmpty();
    }

    @Test
    void whileNoStreamIsThereNothingIsForgottenButTheOldestOfVeryMany() {
        untold.down("busan", 0);
        for (int i = 0; i <= Untold.MAX_REMEMBERED; i++) {
            untold.add(end("busan", i), SOON);
        }
        assertThat(untold.up("busan", LATER))
                .hasSize(Untold.MAX_REMEMBERED)
                .startsWith(end("busan", 1))
                .endsWith(end("busan", Untold.MAX_REMEMBERED));
    }
}
