package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServedTest {

    private final Served served = new Served((channel, opening) -> {}, 3, 2);

    @Test
    void onePeerLeavesPlacesToOthers() {
        assertThat(served.enter("seoul")).isEmpty();
        assertThat(served.enter("seoul")).isEmpty();
        assertThat(served.enter("seoul")).contains("2 of one peer at a time");
        assertThat(served.enter("busan")).isEmpty();
        assertThat(served.enter("daegu")).contains("3 at a time");
    }

    @Test
    void aPlaceThatIsLeftIsTakenAgain() {
        served.enter("seoul");
        served.enter("seoul");
        served.leave("seoul");
        assertThat(served.enter("seoul")).isEmpty();
        served.leave("seoul");
        served.leave("seoul");
        assertThat(served.enter("busan")).isEmpty();
        assertThat(served.enter("busan")).isEmpty();
    }
}
