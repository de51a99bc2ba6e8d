package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.stream.CongestionChoice.Control;
import io.culvert.gateway.stream.CongestionChoice.Counted;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Seconds of a line of 10 ms, as the kernel counts them. The numbers are those of a measured line of 1 Gbit/s. */
final class CongestionChoiceTest {

    private static final long EMPTY = 10_200;
    private static final long QUEUED = 17_000;
    private static final long GIGABIT = 118_000_000;

    private long nowNanos;
    private long sentBytes;
    private long retransmissions;
    private CongestionChoice choice = new CongestionChoice(EMPTY, 0);

    @Test
    void aShortPathStaysWithCubicWhateverItLoses() {
        choice = new CongestionChoice(90, 0);
        assertThat(seconds(100, 80, GIGABIT, 1_000)).isZero();
        assertThat(choice.control()).isEqualTo(Control.CUBIC);
    }

    @Test
    void aLongPathAndAnUnknownOneBeginWithBbr() {
        assertThat(choice.control()).isEqualTo(Control.BBR);
        assertThat(new CongestionChoice(0, 0).control()).isEqualTo(Control.BBR);
    }

    @Test
    void bbrThatOverfillsTheQueueGivesWayToCubic() {
        assertThat(seconds(3, QUEUED, GIGABIT, 4_900)).isZero();
        assertThat(seconds(1, QUEUED, GIGABIT, 4_900)).isOne();
        assertThat(choice.control()).isEqualTo(Control.CUBIC);
        assertThat(choice.why()).contains("queue");
    }

    @Test
    void bbrStaysOnALineThatLosesByItself() {
        assertThat(seconds(1_000, EMPTY + 500, GIGABIT, 4_900)).isZero();
    }

    @Test
    void bbrStaysWhereLittleIsLostInAQueue() {
        assertThat(seconds(1_000, QUEUED, GIGABIT, 80)).isZero();
    }

    @Test
    void bbrStaysWhereLittleIsSent() {
        assertThat(seconds(1_000, QUEUED, 500_000, 300)).isZero();
    }

    @Test
    void cubicLosesNowAndThenInItsQueueAndStays() {
        toCubic();
        for (int i = 0; i < 200; i++) {
            assertThat(seconds(9, QUEUED, GIGABIT, 0)).isZero();
            assertThat(seconds(1, QUEUED, GIGABIT, 90)).isZero();
        }
    }

    @Test
    void cubicGivesWayToBbrWhereLossesComeWithoutAQueue() {
        toCubic();
        assertThat(seconds(4, EMPTY + 300, 2_700_000, 2)).isOne();
        assertThat(choice.control()).isEqualTo(Control.BBR);
        assertThat(choice.why()).contains("by itself");
    }

    @Test
    void whoWentBackToBbrStaysLongerEachTime() {
        toCubic();
        seconds(4, EMPTY, 2_700_000, 2);
        assertThat(secondsUntilCubic()).isGreaterThanOrEqualTo(CongestionChoice.FIRST_STAY.toSeconds());
        seconds(4, EMPTY, 2_700_000, 2);
        assertThat(choice.control()).isEqualTo(Control.BBR);
        assertThat(secondsUntilCubic()).isGreaterThanOrEqualTo(4 * CongestionChoice.FIRST_STAY.toSeconds());
    }

    @Test
    void aPathThatBecomesLongerIsNotTakenForAQueueForEver() {
        toCubic();
        long longer = 40_000;
        seconds((int) (2 * CongestionChoice.EMPTY_PATH_WINDOW.toSeconds()) + 1, longer, GIGABIT, 0);
        assertThat(seconds(4, longer, 2_700_000, 2)).isOne();
        assertThat(choice.control()).isEqualTo(Control.BBR);
    }

    private void toCubic() {
        seconds(4, QUEUED, GIGABIT, 4_900);
        assertThat(choice.control()).isEqualTo(Control.CUBIC);
    }

    /** The empty path is seen now and then, as it is on a real line. */
    private long secondsUntilCubic() {
        long begun = nowNanos;
        while (choice.control() == Control.BBR) {
            seconds(8, QUEUED, GIGABIT, 4_900);
            seconds(1, EMPTY, 0, 0);
        }
        return TimeUnit.NANOSECONDS.toSeconds(nowNanos - begun);
    }

    /** So many seconds alike; returns how often it changed. */
    private int seconds(int count, long roundTripMicros, long bytes, long again) {
        int changes = 0;
        for (int i = 0; i < count; i++) {
            nowNanos += TimeUnit.SECONDS.toNanos(1);
            sentBytes += bytes;
            retransmissions += again;
            changes += choice.look(new Counted(roundTripMicros, sentBytes, retransmissions), nowNanos) ? 1 : 0;
        }
        return changes;
    }
}
