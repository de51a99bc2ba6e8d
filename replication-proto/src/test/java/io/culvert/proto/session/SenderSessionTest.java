package io.culvert.proto.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.proto.session.SenderSession.State;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SenderSessionTest {

    private final SenderSession session = new SenderSession();

    private static SenderMessage sent(SenderEffect effect) {
        return ((SenderEffect.Send) effect).message();
    }

    private void open(long window) throws SessionException {
        session.begin(Messages.begin());
        assertThat(session.receive(Messages.accepted(window))).isEqualTo(new SenderEffect.Accepted());
    }

    private void refused(ReceiverMessage message, String reason) {
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(() -> session.receive(message))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Refused.Code.PROTOCOL))
                .withMessageContaining(reason);
        assertThat(session.state()).isEqualTo(State.FAILED);
    }

    @Test
    void aSessionGoesFromBeginToCommitted() throws SessionException {
        assertThat(session.state()).isEqualTo(State.NEW);
        assertThat(sent(session.begin(Messages.begin())).getBegin()).isEqualTo(Messages.begin());
        assertThat(session.state()).isEqualTo(State.BEGUN);
        session.receive(Messages.accepted(1000));
        assertThat(session.state()).isEqualTo(State.OPEN);

        SenderMessage query = sent(session.query(Messages.refs(1, 3), false));
        assertThat(query).isEqualTo(Messages.query(0, Messages.refs(1, 3), false));
        assertThat(session.receive(Messages.missing(0, 3, 0, 2)))
                .isEqualTo(new SenderEffect.Resolved(0, 3, Messages.bits(0, 2)));
        assertThat(session.isSettled()).isFalse();

        SegmentData segment =
                sent(session.segment(List.of(0L, 2L), 1, Messages.payload(400))).getSegment();
        assertThat(segment.getOrdinalsList()).containsExactly(0L, 2L);
        assertThat(segment.getCodec()).isEqualTo(1);
        assertThat(session.receive(Messages.acknowledged(1, 400))).isEqualTo(new SenderEffect.Acknowledged(1, 400));
        assertThat(session.isSettled()).isTrue();

        assertThat(sent(session.commit(Messages.commit())).getCommit()).isEqualTo(Messages.commit());
        assertThat(session.state()).isEqualTo(State.COMMITTING);
        assertThat(session.receive(Messages.committed("id"))).isEqualTo(new SenderEffect.Committed("id"));
        assertThat(session.state()).isEqualTo(State.DONE);
    }

    @Test
    void numbersOfASegmentTravelAsDifferences() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 10), false);
        session.receive(Messages.missing(0, 10, 3, 4, 9));
        assertThat(sent(session.segment(List.of(3L, 4L, 9L), 0, Messages.payload(1)))
                        .getSegment()
                        .getOrdinalsList())
                .containsExactly(3L, 1L, 5L);
    }

    @Test
    void everyReplyIsRefusedWhereItDoesNotFit() throws SessionException {
        List<ReceiverMessage> replies = List.of(
                Messages.accepted(1),
                Messages.missing(0, 1, 0),
                Messages.acknowledged(1, 1),
                Messages.committed("id"),
                ReceiverMessage.getDefaultInstance());
        for (State state : State.values()) {
            for (ReceiverMessage reply : replies) {
                boolean fits = state == State.BEGUN && reply.hasAccepted()
                        || state == State.OPEN && (reply.hasMissing() || reply.hasAcknowledged())
                        || state == State.COMMITTING && reply.hasCommitted();
                if (!fits) {
                    SenderSession there = in(state);
                    String expected = reply.equals(ReceiverMessage.getDefaultInstance())
                            ? "an empty message"
                            : "does not fit state " + state;
                    assertThatExceptionOfType(SessionException.class)
                            .as("%s in %s", reply.getMessageCase(), state)
                            .isThrownBy(() -> there.receive(reply))
                            .withMessageContaining(expected);
                    assertThat(there.state()).isEqualTo(State.FAILED);
                }
            }
        }
    }

    private static SenderSession in(State state) throws SessionException {
        SenderSession session = new SenderSession();
        if (state == State.NEW) {
            return session;
        }
        session.begin(Messages.begin());
        switch (state) {
            case NEW, BEGUN -> {}
            case OPEN -> session.receive(Messages.accepted(1));
            case COMMITTING, DONE -> {
                session.receive(Messages.accepted(1));
                session.commit(Messages.commit());
                if (state == State.DONE) {
                    session.receive(Messages.committed("id"));
                }
            }
            case FAILED ->
                assertThatExceptionOfType(SessionException.class)
                        .isThrownBy(() -> session.receive(Messages.refused(Refused.Code.FENCED, "")));
        }
        assertThat(session.state()).isEqualTo(state);
        return session;
    }

    @Test
    void everyCallIsRefusedWhereItDoesNotFit() throws SessionException {
        for (State state : State.values()) {
            SenderSession there = in(state);
            if (state != State.NEW) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> there.begin(Messages.begin()))
                        .withMessageContaining("state must be NEW, was " + state);
            }
            if (state != State.OPEN) {
                assertThat(there.mayAsk(1)).isFalse();
                assertThat(there.maySend(1)).isFalse();
                assertThat(there.isSettled()).isFalse();
                assertThatIllegalStateException()
                        .isThrownBy(() -> there.query(Messages.refs(1, 1), false))
                        .withMessageContaining(state.name());
                assertThatIllegalStateException()
                        .isThrownBy(() -> there.segment(List.of(0L), 0, Messages.payload(1)))
                        .withMessageContaining(state.name());
                assertThatIllegalStateException()
                        .isThrownBy(() -> there.commit(Messages.commit()))
                        .withMessageContaining(state.name());
            }
        }
    }

    @Test
    void aRefusalCarriesItsCodeAndAReasonOfBoundedLength() {
        session.begin(Messages.begin());
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(() -> session.receive(Messages.refused(Refused.Code.POOL_FULL, "x".repeat(100_000))))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(Refused.Code.POOL_FULL);
                    assertThat(e.reason()).hasSize(SessionLimits.MAX_REASON_CHARS + 1);
                });
        assertThat(session.state()).isEqualTo(State.FAILED);
    }

    @Test
    void aWindowThatIsEmptyOrNegativeIsRefused() {
        for (long window : new long[] {0, -1, Long.MIN_VALUE}) {
            SenderSession fresh = new SenderSession();
            fresh.begin(Messages.begin());
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> fresh.receive(Messages.accepted(window)))
                    .withMessageContaining("a window of " + window + " bytes");
        }
    }

    @Test
    void theWindowIsNeverLargerThanTheBoundWhateverTheReceiverSays() throws SessionException {
        open(Long.MAX_VALUE);
        owe(2);
        session.segment(List.of(0L), 0, Messages.payload((int) SessionLimits.WINDOW_BYTES - 10));
        assertThat(session.maySend(10)).isTrue();
        assertThat(session.maySend(11)).isFalse();
    }

    private void owe(int count) throws SessionException {
        session.query(Messages.refs(1, count), false);
        session.receive(Messages.missing(
                0, count, LongStream.range(0, count).mapToInt(i -> (int) i).toArray()));
    }

    @Test
    void oneSegmentFitsIntoAnEmptyWindowAndNoSecondIntoAFullOne() throws SessionException {
        open(100);
        owe(3);
        assertThat(session.maySend(5000)).isTrue();
        session.segment(List.of(0L), 0, Messages.payload(5000));
        assertThat(session.maySend(0)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> session.segment(List.of(1L), 0, Messages.payload(1)));
        session.receive(Messages.acknowledged(1, 5000));
        session.segment(List.of(1L), 0, Messages.payload(60));
        assertThat(session.maySend(40)).isTrue();
        assertThat(session.maySend(41)).isFalse();
    }

    @Test
    void noMoreChunksAreOutstandingThanTheBound() throws SessionException {
        open(1000);
        int questions = SessionLimits.MAX_OUTSTANDING / SessionLimits.MAX_REFS;
        for (int i = 0; i < questions; i++) {
            assertThat(session.mayAsk(SessionLimits.MAX_REFS)).isTrue();
            session.query(Messages.refs(1, SessionLimits.MAX_REFS), false);
        }
        assertThat(session.mayAsk(1)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> session.query(Messages.refs(1, 1), false));
        session.receive(Messages.missing(0, SessionLimits.MAX_REFS, 0, 1));
        assertThat(session.mayAsk(SessionLimits.MAX_REFS - 2)).isTrue();
        assertThat(session.mayAsk(SessionLimits.MAX_REFS - 1)).isFalse();
        session.segment(List.of(0L, 1L), 0, Messages.payload(1));
        assertThat(session.mayAsk(SessionLimits.MAX_REFS)).isTrue();
    }

    @Test
    void aQuestionHasOneToManyChunks() throws SessionException {
        open(1000);
        assertThatIllegalStateException().isThrownBy(() -> session.query(List.of(), false));
        List<io.culvert.dedupe.chunk.ChunkRef> many = Messages.refs(1, SessionLimits.MAX_REFS + 1);
        assertThatIllegalStateException().isThrownBy(() -> session.query(many, false));
        session.query(many.subList(0, SessionLimits.MAX_REFS), false);
    }

    @Test
    void onlyWhatIsOwedIsSentAndOnlyOnce() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 4), false);
        session.receive(Messages.missing(0, 4, 1, 2, 3));
        for (List<Long> wrong : List.of(
                List.<Long>of(),
                List.of(0L),
                List.of(4L),
                List.of(-1L),
                List.of(Long.MAX_VALUE),
                LongStream.range(0, SessionLimits.MAX_REFS + 1).boxed().toList())) {
            assertThatIllegalStateException().isThrownBy(() -> session.segment(wrong, 0, Messages.payload(1)));
        }
        session.segment(List.of(1L), 0, Messages.payload(1));
        assertThatIllegalStateException().isThrownBy(() -> session.segment(List.of(1L), 0, Messages.payload(1)));
        assertThatIllegalStateException().isThrownBy(() -> session.segment(List.of(3L, 2L), 0, Messages.payload(1)));
    }

    @Test
    void aClosureQuestionOwesNothing() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 2), true);
        assertThat(session.isSettled()).isFalse();
        session.receive(Messages.missing(0, 2, 0, 1));
        assertThat(session.isSettled()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> session.segment(List.of(0L), 0, Messages.payload(1)));
    }

    @Test
    void onlyTheOldestQuestionIsAnsweredAndAsItWasAsked() throws SessionException {
        for (ReceiverMessage wrong : List.of(
                Messages.missing(3, 2, 0), Messages.missing(0, 2, 0), Messages.missing(1, 3), Messages.missing(0, 4))) {
            SenderSession asking = in(State.OPEN);
            asking.query(Messages.refs(1, 3), false);
            asking.query(Messages.refs(4, 2), false);
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> asking.receive(wrong))
                    .withMessageContaining("an answer to a question that was not asked next");
        }
        open(1000);
        refused(Messages.missing(0, 0), "not asked next");
    }

    @Test
    void aBitmapHasNoBitsBeyondTheQuestion() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 3), false);
        refused(Messages.missing(0, 3, 3), "a bit beyond its 3 chunks");
    }

    @Test
    void aBitmapHasNoBytesBeyondTheQuestion() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 3), false);
        refused(Messages.missing(0, 3, 8), "a bitmap of 2 bytes for 3 chunks");
    }

    @Test
    void anAcknowledgementFitsWhatWasSent() throws SessionException {
        long[][] wrong = {
            {0, 0}, {1, 9}, {1, 11}, {2, 21}, {3, 30}, {-1, 10}, {Long.MAX_VALUE, 10}, {Long.MIN_VALUE, 10}, {1, -10}
        };
        for (long[] pair : wrong) {
            SenderSession sending = new SenderSession();
            sending.begin(Messages.begin());
            sending.receive(Messages.accepted(1000));
            sending.query(Messages.refs(1, 2), false);
            sending.receive(Messages.missing(0, 2, 0, 1));
            sending.segment(List.of(0L), 0, Messages.payload(10));
            sending.segment(List.of(1L), 0, Messages.payload(10));
            assertThatExceptionOfType(SessionException.class)
                    .as("%d segments, %d bytes", pair[0], pair[1])
                    .isThrownBy(() -> sending.receive(Messages.acknowledged(pair[0], pair[1])))
                    .withMessageContaining("an acknowledgement of");
        }
    }

    @Test
    void acknowledgementsCountFromTheBeginning() throws SessionException {
        open(1000);
        owe(3);
        for (long ordinal = 0; ordinal < 3; ordinal++) {
            session.segment(List.of(ordinal), 0, Messages.payload(10));
        }
        assertThat(session.receive(Messages.acknowledged(1, 10))).isEqualTo(new SenderEffect.Acknowledged(1, 10));
        assertThat(session.receive(Messages.acknowledged(3, 30))).isEqualTo(new SenderEffect.Acknowledged(2, 20));
        refused(Messages.acknowledged(3, 30), "an acknowledgement of 0 segments");
    }

    @Test
    void nothingIsCommittedWhileAnythingIsOpen() throws SessionException {
        open(1000);
        session.query(Messages.refs(1, 1), false);
        assertThatIllegalStateException()
                .isThrownBy(() -> session.commit(Messages.commit()))
                .withMessageStartingWith("1 questions, 0 chunks and 0 segments");
        session.receive(Messages.missing(0, 1, 0));
        assertThatIllegalStateException()
                .isThrownBy(() -> session.commit(Messages.commit()))
                .withMessageStartingWith("0 questions, 1 chunks and 0 segments");
        session.segment(List.of(0L), 0, Messages.payload(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> session.commit(Messages.commit()))
                .withMessageStartingWith("0 questions, 0 chunks and 1 segments");
        session.receive(Messages.acknowledged(1, 1));
        session.commit(Messages.commit());
    }

    @Test
    void aSnapshotIdIsNeitherEmptyNorLong() throws SessionException {
        for (String id : List.of("", "x".repeat(SessionLimits.MAX_NAME_CHARS + 1))) {
            SenderSession committing = in(State.COMMITTING);
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> committing.receive(Messages.committed(id)))
                    .withMessageContaining("a snapshot id of " + id.length() + " characters");
        }
    }

    @Test
    void numbersStayRightOverMillionsOfChunks() throws SessionException {
        open(1 << 20);
        long first = 0;
        long segments = 0;
        List<Long> late = List.of();
        for (int i = 0; i < 3000; i++) {
            session.query(Messages.refs(1, SessionLimits.MAX_REFS), false);
            session.receive(Messages.missing(first, SessionLimits.MAX_REFS, 7, 1023));
            if (!late.isEmpty()) {
                session.segment(late, 0, Messages.payload(1));
                session.receive(Messages.acknowledged(++segments, segments));
            }
            late = List.of(first + 7, first + 1023);
            first += SessionLimits.MAX_REFS;
        }
        session.segment(late, 0, Messages.payload(1));
        session.receive(Messages.acknowledged(++segments, segments));
        assertThat(session.isSettled()).isTrue();
        assertThat(session.nextOrdinal()).isEqualTo(3000L * SessionLimits.MAX_REFS);
    }
}
