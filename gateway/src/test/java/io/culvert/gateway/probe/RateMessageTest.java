package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RateMessageTest {

    @Test
    void readsWhatItWrote() throws IOException {
        assertThat(RateMessage.opening(RateMessage.opening(0)).millis()).isZero();
        assertThat(RateMessage.opening(RateMessage.opening(1_500)).millis()).isEqualTo(1_500);
        RateMessage.Report report = new RateMessage.Report(1L << 40, 7);
        assertThat(RateMessage.isReport(RateMessage.report(report))).isTrue();
        assertThat(RateMessage.report(RateMessage.report(report))).isEqualTo(report);
    }

    @Test
    void refusesAnOpeningThatAsksForTooMuchOrForNothing() {
        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {1, 0, 0, 0},
                new byte[] {1, 0, 0, 0, 1},
                new byte[] {2, 0, 0, 0, 0},
                new byte[] {2, 0, 0, 0x0b, (byte) 0xb9},
                new byte[] {2, -1, -1, -1, -1},
                new byte[] {3, 0, 0, 0, 1})) {
            assertThatThrownBy(() -> RateMessage.opening(Slice.of(bytes))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesAReportOfLessThanNothing() {
        assertThatThrownBy(() -> RateMessage.report(RateMessage.report(new RateMessage.Report(-1, 0))))
                .isInstanceOf(IOException.class);
    }
}
