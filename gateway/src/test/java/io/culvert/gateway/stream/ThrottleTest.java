package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The limiter's arithmetic in virtual time: a sender that is always ready and waits exactly as long as it is told. */
final class ThrottleTest {

    private static final long SECOND = 1_000_000_000;

    private long nowNanos = 12_345;
    private long limit = SendLimit.UNLIMITED;
    private final Throttle throttle = new Throttle(() -> limit, () -> nowNanos);

    @Test
    void keepsTheLimitWithinFivePercentFromSlowToFast() {
        for (long mbit : new long[] {1, 20, 200, 1000, 10_000}) {
            limit = mbit * 125_000;
            nowNanos += SECOND;
            assertThat(bulkBytes(10 * SECOND) / 10)
                    .as("%d Mbit/s", mbit)
                    .isCloseTo(limit, Percentage.withPercentage(5));
        }
    }

    @Test
    void aChangeTakesEffectWithinASecondBothWays() {
        limit = 25_000_000;
        bulkBytes(5 * SECOND);
        limit = 2_500_000;
        bulkBytes(SECOND);
        assertThat(bulkBytes(4 * SECOND) / 4).isCloseTo(limit, Percentage.withPercentage(5));
        limit = 25_000_000;
        bulkBytes(SECOND);
        assertThat(bulkBytes(4 * SECOND) / 4).isCloseTo(limit, Percentage.withPercentage(5));
    }

    @Test
    void aPauseIsNotSavedUp() {
        limit = 10_000_000;
        bulkBytes(SECOND);
        nowNanos += 60 * SECOND;
        assertThat(bulkBytes(SECOND)).isLessThan(limit * 110 / 100);
    }

    @Test
    void urgentBytesAreChargedToBulk() {
        limit = 1_000_000;
        bulkBytes(SECOND);
        long urgentBytes = 0;
        long bulkBytes = 0;
        for (int i = 0; i < 50; i++) {
            throttle.sent(frame(4_000, Frame.URGENT));
            urgentBytes += Throttle.wireBytes(4_000);
            bulkBytes += bulkBytes(SECOND / 10);
        }
        assertThat((bulkBytes + urgentBytes) / 5).isCloseTo(limit, Percentage.withPercentage(5));
    }

    @Test
    void nothingWaitsWithoutALimit() {
        assertThat(throttle.waitNanos()).isZero();
        assertThat(throttle.maxPayloadBytes()).isEqualTo(Frame.MAX_PAYLOAD_BYTES);
    }

    @Test
    void aLimitOfNothingHoldsBulkUntilItIsLifted() {
        limit = 0;
        assertThat(throttle.waitNanos()).isPositive();
        nowNanos += 3600 * SECOND;
        assertThat(throttle.waitNanos()).isPositive();
        limit = SendLimit.UNLIMITED;
        nowNanos += Throttle.ASK_AGAIN_NANOS;
        assertThat(throttle.waitNanos()).isZero();
    }

    @Test
    void fragmentsAreShortWhereTheLimitIsLow() {
        limit = 125_000;
        nowNanos += SECOND;
        assertThat(throttle.waitNanos()).isPositive();
        assertThat(throttle.maxPayloadBytes()).isEqualTo(2_500);
    }

    /** What a sender of bulk gets through in this time. */
    private long bulkBytes(long nanos) {
        long end = nowNanos + nanos;
        long bytes = 0;
        while (nowNanos < end) {
            long wait = throttle.waitNanos();
            if (wait > 0) {
                nowNanos += wait;
                continue;
            }
            int payload = Math.max(4096, throttle.maxPayloadBytes());
            throttle.sent(frame(payload, 0));
            bytes += Throttle.wireBytes(payload);
            // Even the fastest transport takes its time.
            nowNanos += payload / 8;
        }
        return bytes;
    }

    private static Frame frame(int payload, int flags) {
        return new Frame(1, FrameKind.DATA, flags, 0, 0, Slice.of(new byte[payload]));
    }
}
