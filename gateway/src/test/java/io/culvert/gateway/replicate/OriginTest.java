package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class OriginTest {

    @Test
    void noSiteCanNameAnAttemptOfAnother() {
        assertThat(Origin.of("busan", "a1")).isEqualTo("busan/a1");
        assertThat(Origin.of("b", "usan/a1")).isNotEqualTo(Origin.of("busan", "a1"));
    }

    @Test
    void anIdThatNoRecordHoldsIsRefused() {
        assertThat(Origin.of("seoul", "x".repeat(249))).hasSize(255);
        assertThatIllegalArgumentException().isThrownBy(() -> Origin.of("seoul", "x".repeat(250)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Origin.of("seoul", "한".repeat(100)))
                .withMessageContaining("306");
    }
}
