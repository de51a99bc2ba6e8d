package io.culvert.proto.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.segment.Segment;
import io.culvert.proto.session.ReceiverSession.State;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Query;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReceiverSessionTest {

    private final ReceiverSession session = new ReceiverSession();

    private static ReceiverMessage sent(ReceiverEffect effect) {
        return ((ReceiverEffect.Send) effect).message();
    }

    private void open(long window) throws SessionException {
        session.receive(Messages.of(Messages.begin()));
        session.accept(window);
    }

    private void await(int count) throws SessionException {
        session.receive(Messages.query(0, Messages.refs(1, count), false));
        BitSet all = new BitSet();
        all.set(0, count);
        session.lookedUp(all);
    }

    private void refused(SenderMessage message, String reason) {
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(() -> session.receive(message))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Refused.Code.PROTOCOL))
                .withMessageContaining(reason);
    }

    @Test
    void aSessionGoesFromBeginToDone() throws SessionException {
        assertThat(session.state()).isEqualTo(State.NEW);
        assertThat(session.receive(Messages.of(Messages.begin())))
                .isEqualTo(new ReceiverEffect.Check(Messages.begin()));
        assertThat(session.state()).isEqualTo(State.CHECKING);
        assertThat(sent(session.accept(1000))).isEqualTo(Messages.accepted(1000));
        assertThat(session.state()).isEqualTo(State.OPEN);

        assertThat(session.receive(Messages.query(0, Messages.refs(1, 4), false)))
                .isEqualTo(new ReceiverEffect.Lookup(0, Messages.refs(1, 4), false));
        assertThat(sent(session.lookedUp(Messages.bits(1, 3)))).isEqualTo(Messages.missing(0, 4, 1, 3));

        assertThat(session.receive(Messages.segment(300, 1, 2)))
                .isEqualTo(
                        new ReceiverEffect.Store(List.of(Messages.ref(2), Messages.ref(4)), 0, Messages.payload(300)));
        assertThat(sent(session.forced(1))).isEqualTo(Messages.acknowledged(1, 300));

        assertThat(session.receive(Messages.of(Messages.commit())))
                .isEqualTo(new ReceiverEffect.Publish(Messages.commit()));
        assertThat(session.state()).isEqualTo(State.COMMITTING);
        assertThat(sent(session.published("id"))).isEqualTo(Messages.committed("id"));
        assertThat(session.state()).isEqualTo(State.DONE);
    }

    private static ReceiverSession in(State state) throws SessionException {
        ReceiverSession session = new ReceiverSession();
        switch (state) {
            case NEW -> {}
            case CHECKING -> session.receive(Messages.of(Messages.begin()));
            case OPEN, COMMITTING, DONE -> {
                session.receive(Messages.of(Messages.begin()));
                session.accept(1);
                if (state != State.OPEN) {
                    session.receive(Messages.of(Messages.commit()));
                }
                if (state == State.DONE) {
                    session.published("id");
                }
            }
            case REFUSED -> session.refuse(Refused.Code.FENCED, "a higher fence");
        }
        assertThat(session.state()).isEqualTo(state);
        return session;
    }

    @Test
    void everyMessageIsRefusedWhereItDoesNotFit() throws SessionException {
        List<SenderMessage> messages = List.of(
                Messages.of(Messages.begin()),
                Messages.query(0, Messages.refs(1, 1), false),
                Messages.segment(1, 0),
                Messages.of(Messages.commit()),
                SenderMessage.getDefaultInstance());
        for (State state : State.values()) {
            for (SenderMessage message : messages) {
                boolean fits = message.hasBegin() ? state == State.NEW : state == State.OPEN;
                if (message.equals(SenderMessage.getDefaultInstance())) {
                    assertThatExceptionOfType(SessionException.class)
                            .isThrownBy(() -> in(state).receive(message))
                            .withMessageContaining("an empty message");
                } else if (!fits) {
                    assertThatExceptionOfType(SessionException.class)
                            .as("%s in %s", message.getMessageCase(), state)
                            .isThrownBy(() -> in(state).receive(message))
                            .withMessageContaining("does not fit state " + state);
                }
            }
        }
    }

    @Test
    void everyOutcomeIsRefusedWhereItDoesNotFit() throws SessionException {
        for (State state : State.values()) {
            if (state != State.CHECKING) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> in(state).accept(1))
                        .withMessageContaining("state must be CHECKING, was " + state);
            }
            if (state != State.COMMITTING) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> in(state).published("id"))
                        .withMessageContaining("state must be COMMITTING, was " + state);
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> in(state).lookedUp(new BitSet()))
                    .withMessageContaining("no question");
            assertThatIllegalStateException()
                    .isThrownBy(() -> in(state).forced(1))
                    .withMessageContaining("1 segments forced of 0");
            ReceiverSession refusing = in(state);
            assertThat(sent(refusing.refuse(Refused.Code.POOL_FULL, "full")))
                    .isEqualTo(Messages.refused(Refused.Code.POOL_FULL, "full"));
            assertThat(refusing.state()).isEqualTo(State.REFUSED);
        }
    }

    @Test
    void namesAreNeitherEmptyNorLongAndFencesAreNotNegative() {
        String longName = "x".repeat(SessionLimits.MAX_NAME_CHARS + 1);
        List<Begin> wrong = new ArrayList<>();
        for (String name : List.of("", longName)) {
            Begin.Builder begin = Messages.begin().toBuilder();
            wrong.add(begin.clone().setJob(name).build());
            wrong.add(begin.clone().setDataset(name).build());
            wrong.add(begin.clone().setPool(name).build());
            wrong.add(begin.clone().setAttempt(name).build());
            wrong.add(begin.clone().setKind(name).build());
        }
        wrong.add(Messages.begin(-1, 0));
        wrong.add(Messages.begin(0, Long.MIN_VALUE));
        for (Begin begin : wrong) {
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> new ReceiverSession().receive(Messages.of(begin)))
                    .withMessageMatching("a name of (0|256) characters in Begin|a fence of more than 63 bits in Begin");
        }
    }

    @Test
    void theWindowIsWithinItsBounds() {
        for (long window : new long[] {0, -1, SessionLimits.WINDOW_BYTES + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> in(State.CHECKING).accept(window))
                    .withMessageContaining("was " + window);
        }
    }

    @Test
    void questionsAreNumberedWithoutGaps() throws SessionException {
        open(1000);
        session.receive(Messages.query(0, Messages.refs(1, 3), false));
        session.receive(Messages.query(3, Messages.refs(1, 1), true));
        refused(Messages.query(3, Messages.refs(1, 1), false), "from 3 where 4 comes next");
        refused(Messages.query(5, Messages.refs(1, 1), false), "from 5 where 4 comes next");
        refused(Messages.query(4, List.of(), false), "a question for 0 chunks");
    }

    @Test
    void aQuestionOfMoreChunksThanAllowedIsRefusedBeforeItIsRead() throws SessionException {
        open(1000);
        refused(Messages.query(0, Messages.refs(1, SessionLimits.MAX_REFS + 1), false), "at most 1024 of 36 bytes");
        refused(
                SenderMessage.newBuilder()
                        .setQuery(Query.newBuilder().setRefs(ByteString.copyFrom(new byte[35])))
                        .build(),
                "35 bytes of chunk names");
    }

    @Test
    void noMoreChunksAreOutstandingThanTheBoundWhetherAskedOrAwaited() throws SessionException {
        open(1000);
        int most = SessionLimits.MAX_OUTSTANDING / SessionLimits.MAX_REFS;
        for (int i = 0; i < most; i++) {
            session.receive(
                    Messages.query((long) i * SessionLimits.MAX_REFS, Messages.refs(1, SessionLimits.MAX_REFS), false));
        }
        SenderMessage further = Messages.query(SessionLimits.MAX_OUTSTANDING, Messages.refs(1, 1), false);
        refused(further, "more than 65536 chunks outstanding");
        BitSet all = new BitSet();
        all.set(0, SessionLimits.MAX_REFS);
        session.lookedUp(all);
        refused(further, "more than 65536 chunks outstanding");
        session.receive(Messages.segment(1, 0));
        session.receive(further);
    }

    @Test
    void anAnswerHasNoBitsBeyondTheQuestion() throws SessionException {
        open(1000);
        session.receive(Messages.query(0, Messages.refs(1, 2), false));
        assertThatIllegalStateException()
                .isThrownBy(() -> session.lookedUp(Messages.bits(2)))
                .withMessageContaining("3 bits to 2 chunks");
        assertThat(sent(session.lookedUp(Messages.bits(1)))).isEqualTo(Messages.missing(0, 2, 1));
    }

    @Test
    void aClosureQuestionAwaitsNothing() throws SessionException {
        open(1000);
        session.receive(Messages.query(0, Messages.refs(1, 2), true));
        assertThat(sent(session.lookedUp(Messages.bits(0, 1)))).isEqualTo(Messages.missing(0, 2, 0, 1));
        refused(Messages.segment(1, 0), "chunk 0 was not asked for");
        session.receive(Messages.of(Messages.commit()));
    }

    @Test
    void aSegmentHoldsOnlyWhatIsAwaitedEachOnceAndInOrder() throws SessionException {
        for (SenderMessage wrong : List.of(
                Messages.segment(1, 5),
                Messages.segment(1, -1),
                Messages.segment(1, Long.MIN_VALUE),
                Messages.segment(1, 1, 0),
                Messages.segment(1, 2, -1),
                Messages.segment(1, 2, Long.MAX_VALUE),
                Messages.segment(1, 1, Long.MAX_VALUE, Long.MAX_VALUE, 3),
                Messages.segment(1, 0, 4))) {
            ReceiverSession awaiting = in(State.CHECKING);
            awaiting.accept(1000);
            awaiting.receive(Messages.query(0, Messages.refs(1, 4), false));
            awaiting.lookedUp(Messages.bits(0, 1, 2, 3));
            assertThatExceptionOfType(SessionException.class)
                    .as("%s", wrong.getSegment().getOrdinalsList())
                    .isThrownBy(() -> awaiting.receive(wrong))
                    .withMessageContaining("was not asked for, came already, or stands out of order");
        }
        open(1000);
        await(4);
        session.receive(Messages.segment(1, 1, 2));
        refused(Messages.segment(1, 1), "came already");
    }

    @Test
    void aSegmentHasOneToManyChunks() throws SessionException {
        open(1000);
        refused(Messages.segment(1), "a segment of 0 chunks");
        refused(Messages.segment(1, new long[SessionLimits.MAX_REFS + 1]), "a segment of 1025 chunks");
    }

    @Test
    void aSegmentHoldsNoMoreBytesThanItsFormatAllows() throws SessionException {
        open(SessionLimits.WINDOW_BYTES);
        List<ChunkRef> large = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            large.add(Messages.ref(i, ChunkRef.MAX_LENGTH_BYTES));
        }
        session.receive(Messages.query(0, large, false));
        session.lookedUp(Messages.bits(0, 1, 2, 3));
        refused(Messages.segment(Segment.MAX_PAYLOAD_BYTES + 1, 0), "a segment of 1572865 bytes");
        refused(Messages.segment(1, 0, 1, 1, 1), "chunks of more than 1572864 bytes together");
    }

    @Test
    void theWindowHoldsOneSegmentOfAnySizeAndNothingBeyondIt() throws SessionException {
        open(100);
        await(3);
        session.receive(Messages.segment(5000, 0));
        refused(Messages.segment(1, 1), "beyond the window of 100 bytes");
        session.forced(1);
        session.receive(Messages.segment(60, 1));
        refused(Messages.segment(41, 2), "beyond the window of 100 bytes");
        session.receive(Messages.segment(40, 2));
    }

    @Test
    void nothingIsAcknowledgedThatDidNotCome() throws SessionException {
        open(1000);
        await(3);
        session.receive(Messages.segment(10, 0));
        session.receive(Messages.segment(20, 1));
        for (int wrong : new int[] {-1, 0, 3}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> session.forced(wrong))
                    .withMessageContaining(wrong + " segments forced of 2");
        }
        assertThat(sent(session.forced(1))).isEqualTo(Messages.acknowledged(1, 10));
        session.receive(Messages.segment(30, 2));
        assertThat(sent(session.forced(2))).isEqualTo(Messages.acknowledged(3, 60));
    }

    @Test
    void nothingIsPublishedWhileAnythingIsOpen() throws SessionException {
        open(1000);
        SenderMessage commit = Messages.of(Messages.commit());
        session.receive(Messages.query(0, Messages.refs(1, 1), false));
        refused(commit, "1 questions, 0 chunks and 0 segments are open");
        session.lookedUp(Messages.bits(0));
        refused(commit, "0 questions, 1 chunks and 0 segments are open");
        session.receive(Messages.segment(1, 0));
        refused(commit, "0 questions, 0 chunks and 1 segments are open");
        session.forced(1);
        session.receive(commit);
    }

    @Test
    void aLabelIsNotLong() throws SessionException {
        open(1000);
        String label = "x".repeat(SessionLimits.MAX_NAME_CHARS + 1);
        refused(Messages.of(Commit.newBuilder().setLabel(label).build()), "a label of 256 characters");
    }
}
