package io.culvert.proto.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When an end asks the far end how much it has: seldom where much goes, and never not at all. */
final class FlowEndAsksTest {

    private static final int LONG_READ = 64 << 10;

    private final FlowEnd end = new FlowEnd();

    @BeforeEach
    void attached() throws FlowException {
        end.attach(0);
    }

    @Test
    void whoWritesWithoutAPauseIsAskedForEachQuarterMebibyte() {
        int asked = 0;
        for (int i = 0; i < 64; i++) {
            asked += sends(LONG_READ, false).wantsAck() ? 1 : 0;
        }
        assertThat(asked).isEqualTo(64 * LONG_READ / FlowEnd.ASK_BYTES);
    }

    @Test
    void whatLooksLikeTheEndOfSomethingIsAskedForAtOnce() {
        assertThat(sends(LONG_READ, false).wantsAck()).isFalse();
        assertThat(sends(5_000, false).wantsAck()).isTrue();
        assertThat(end.isAskDue()).isFalse();
    }

    @Test
    void whoCanKeepNoMoreAsks() {
        assertThat(sends(LONG_READ, true).wantsAck()).isTrue();
    }

    @Test
    void aShortQuestionIsLeftToItsAnswerToAcknowledge() throws FlowException {
        FlowEnd.Outgoing question = sends(64, false);
        assertThat(question.urgent()).isTrue();
        assertThat(question.wantsAck()).isFalse();
        assertThat(end.isAskDue()).isTrue();
        end.acknowledged(64);
        assertThat(end.isAskDue()).isFalse();
    }

    @Test
    void whatDidNotLookLikeTheEndIsAskedForLaterOnce() throws FlowException {
        sends(LONG_READ, false);
        assertThat(end.isAskDue()).isTrue();
        FlowMessage question = FlowMessage.read(end.ask());
        assertThat(question).isEqualTo(new FlowMessage.Ack(0, true));
        assertThat(end.isAskDue()).isFalse();

        FlowEnd far = new FlowEnd();
        far.attach(0);
        far.came(0, LONG_READ, false);
        assertThat(far.isAckDue()).isFalse();
        far.asked();
        assertThat(far.isAckDue()).isTrue();
        end.acknowledged(FlowMessage.read(far.ack()).received());
        assertThat(end.retainedBytes()).isZero();
    }

    @Test
    void nothingIsAskedForWithoutAChannelOrBeforeWhatWaits() {
        took(LONG_READ);
        assertThat(end.isAskDue()).isFalse();
        sends(LONG_READ, false);
        end.detach();
        assertThat(end.isAskDue()).isFalse();
    }

    private FlowEnd.Outgoing sends(int bytes, boolean full) {
        took(bytes);
        return Objects.requireNonNull(end.next(full));
    }

    private void took(int bytes) {
        end.took(Slice.of(new byte[FlowMessage.HEAD_BYTES + bytes]));
    }
}
