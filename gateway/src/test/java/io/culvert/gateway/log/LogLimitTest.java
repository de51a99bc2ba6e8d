package io.culvert.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LogLimitTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the ticker may begin anywhere
    private final LogLimit limit = new LogLimit(nanos::get);

    private int admitted(int tries) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            admitted += limit.admits() ? 1 : 0;
        }
        return admitted;
    }

    private void aWindowPasses() {
        nanos.addAndGet(LogLimit.WINDOW.toNanos());
    }

    @Test
    void admitsSoManyInAWindowAndCountsTheOthersOnce() {
        assertThat(admitted(1_000)).isEqualTo(LogLimit.MOST);
        assertThat(limit.takeLeftOut()).as("the window is not over").isZero();
        aWindowPasses();
        assertThat(limit.takeLeftOut()).isEqualTo(1_000 - LogLimit.MOST);
        assertThat(limit.takeLeftOut()).isZero();
        assertThat(admitted(1)).isEqualTo(1);
    }

    @Test
    void whatIsLeftOutIsToldUnderAFloodThatDoesNotEnd() {
        assertThat(admitted(100)).isEqualTo(LogLimit.MOST);
        aWindowPasses();
        assertThat(admitted(100)).isEqualTo(LogLimit.MOST);
        assertThat(limit.takeLeftOut()).isEqualTo(100 - LogLimit.MOST);
    }

    @Test
    void quietOnesAreNeverLeftOut() {
        for (int i = 0; i < 100; i++) {
            aWindowPasses();
            assertThat(admitted(LogLimit.MOST)).isEqualTo(LogLimit.MOST);
        }
        assertThat(limit.takeLeftOut()).isZero();
    }
}
