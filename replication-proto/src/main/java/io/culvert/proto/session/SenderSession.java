package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.proto.v1.Acknowledged;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Missing;
import io.culvert.proto.v1.Query;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * The sending end of a replication session, without clock, socket or thread.
 *
 * <pre>
 * NEW        --begin-->      BEGUN
 * BEGUN      --Accepted-->   OPEN
 * OPEN       --query, segment, Missing, Acknowledged--> OPEN
 * OPEN       --commit-->     COMMITTING   only when every question is answered and every segment acknowledged
 * COMMITTING --Committed-->  DONE
 * any        --Refused or a message that does not fit--> FAILED (a SessionException)
 * </pre>
 *
 * Not thread-safe: one owner, or one lock.
 */
public final class SenderSession {

    /** Where the session stands. */
    public enum State {
        NEW,
        BEGUN,
        OPEN,
        COMMITTING,
        DONE,
        FAILED
    }

    private record Question(long first, int count, boolean closure) {}

    private final Deque<Question> questions = new ArrayDeque<>();
    private final Deque<Integer> unacknowledged = new ArrayDeque<>();
    private final BitSet owed = new BitSet();
    private State state = State.NEW;
    private long windowBytes;
    private long nextOrdinal;
    private long owedBase;
    private int asked;
    private long unacknowledgedBytes;
    private long acknowledgedSegments;
    private long acknowledgedBytes;

    public State state() {
        return state;
    }

    /** Opens the session. */
    public SenderEffect begin(Begin begin) {
        require(State.NEW);
        state = State.BEGUN;
        return send(SenderMessage.newBuilder().setBegin(begin));
    }

    /** Whether {@code count} more chunks may be asked for now. */
    public boolean mayAsk(int count) {
        return state == State.OPEN && asked + owed.cardinality() + count <= SessionLimits.MAX_OUTSTANDING;
    }

    /** The number that the next chunk asked for will have. */
    public long nextOrdinal() {
        return nextOrdinal;
    }

    /**
     * Asks which of the chunks are missing; they get the numbers from {@link #nextOrdinal()} on. Those that are missing
     * are owed from then on, unless the question was for {@code closure}: that promises nothing.
     */
    public SenderEffect query(List<ChunkRef> refs, boolean closure) {
        if (refs.isEmpty() || refs.size() > SessionLimits.MAX_REFS || !mayAsk(refs.size())) {
            throw new IllegalStateException("may not ask for " + refs.size() + " chunks in state " + state);
        }
        long first = nextOrdinal;
        nextOrdinal += refs.size();
        asked += refs.size();
        questions.add(new Question(first, refs.size(), closure));
        return send(SenderMessage.newBuilder()
                .setQuery(Query.newBuilder()
                        .setFirst(first)
                        .setRefs(Refs.pack(refs))
                        .setClosure(closure)));
    }

    /** Whether a segment of {@code payloadBytes} fits into the window now; one always fits into an empty window. */
    public boolean maySend(int payloadBytes) {
        return state == State.OPEN && (unacknowledged.isEmpty() || unacknowledgedBytes + payloadBytes <= windowBytes);
    }

    /** Sends missing chunks, named by their numbers in ascending order. */
    public SenderEffect segment(List<Long> ordinals, int codec, ByteString payload) {
        if (!maySend(payload.size()) || ordinals.isEmpty() || ordinals.size() > SessionLimits.MAX_REFS) {
            throw new IllegalStateException(
                    "may not send " + ordinals.size() + " chunks in " + payload.size() + " bytes in state " + state);
        }
        SegmentData.Builder segment = SegmentData.newBuilder().setCodec(codec).setPayload(payload);
        long before = 0;
        for (long ordinal : ordinals) {
            if (!isOwed(ordinal) || (segment.getOrdinalsCount() > 0 && ordinal <= before)) {
                throw new IllegalStateException("chunk " + ordinal + " is not owed, or not in order");
            }
            owed.clear((int) (ordinal - owedBase));
            segment.addOrdinals(segment.getOrdinalsCount() == 0 ? ordinal : ordinal - before);
            before = ordinal;
        }
        unacknowledged.add(payload.size());
        unacknowledgedBytes += payload.size();
        return send(SenderMessage.newBuilder().setSegment(segment));
    }

    private boolean isOwed(long ordinal) {
        long bit = ordinal - owedBase;
        return bit >= 0 && bit < owed.length() && owed.get((int) bit);
    }

    /** Whether nothing is open: no question, no chunk owed, no segment without acknowledgement. */
    public boolean isSettled() {
        return state == State.OPEN && questions.isEmpty() && owed.isEmpty() && unacknowledged.isEmpty();
    }

    /** Asks the receiver to make the snapshot visible; only when {@link #isSettled()}. */
    public SenderEffect commit(Commit commit) {
        if (!isSettled()) {
            throw new IllegalStateException(questions.size() + " questions, " + owed.cardinality() + " chunks and "
                    + unacknowledged.size() + " segments are open in state " + state);
        }
        state = State.COMMITTING;
        return send(SenderMessage.newBuilder().setCommit(commit));
    }

    /**
     * Takes a message of the receiver.
     *
     * @throws SessionException if it refuses, or says what it may not say now
     */
    public SenderEffect receive(ReceiverMessage message) throws SessionException {
        try {
            return switch (message.getMessageCase()) {
                case ACCEPTED -> accepted(message.getAccepted().getWindowBytes());
                case MISSING -> missing(message.getMissing());
                case ACKNOWLEDGED -> acknowledged(message.getAcknowledged());
                case COMMITTED -> committed(message.getCommitted().getSnapshot());
                case REFUSED ->
                    throw new SessionException(
                            message.getRefused().getCode(),
                            shortened(message.getRefused().getReason()));
                case MESSAGE_NOT_SET -> throw SessionException.protocol("an empty message");
            };
        } catch (SessionException e) {
            state = State.FAILED;
            throw e;
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= SessionLimits.MAX_REASON_CHARS
                ? reason
                : reason.substring(0, SessionLimits.MAX_REASON_CHARS) + "…";
    }

    private SenderEffect accepted(long window) throws SessionException {
        expect(State.BEGUN, "Accepted");
        if (window < 1) {
            throw SessionException.protocol("a window of " + window + " bytes");
        }
        windowBytes = Math.min(window, SessionLimits.WINDOW_BYTES);
        state = State.OPEN;
        return new SenderEffect.Accepted();
    }

    private SenderEffect missing(Missing message) throws SessionException {
        expect(State.OPEN, "Missing");
        Question question = questions.poll();
        if (question == null || question.first() != message.getFirst() || question.count() != message.getCount()) {
            throw SessionException.protocol("an answer to a question that was not asked next");
        }
        BitSet bits = Refs.bitmap(message.getBitmap(), question.count());
        asked -= question.count();
        if (!question.closure()) {
            rebase(question.first());
            int shift = Math.toIntExact(question.first() - owedBase);
            bits.stream().forEach(bit -> owed.set(shift + bit));
        }
        return new SenderEffect.Resolved(question.first(), question.count(), bits);
    }

    /** Keeps the bit numbers small: moves the base up when nothing is owed, or by what was paid. */
    private void rebase(long first) {
        if (owed.isEmpty()) {
            owedBase = first;
        } else if (first - owedBase > 4L * SessionLimits.MAX_OUTSTANDING) {
            int paid = owed.nextSetBit(0);
            BitSet rest = owed.get(paid, owed.length());
            owed.clear();
            owed.or(rest);
            owedBase += paid;
        }
    }

    private SenderEffect acknowledged(Acknowledged message) throws SessionException {
        expect(State.OPEN, "Acknowledged");
        long segments = message.getSegments() - acknowledgedSegments;
        long bytes = 0;
        for (long i = 0; i < segments; i++) {
            Integer size = unacknowledged.poll();
            if (size == null) {
                throw SessionException.protocol("an acknowledgement of segments that were not sent");
            }
            bytes += size;
        }
        if (segments < 1 || message.getBytes() != acknowledgedBytes + bytes) {
            throw SessionException.protocol("an acknowledgement of " + segments + " segments and " + message.getBytes()
                    + " bytes where " + (acknowledgedBytes + bytes) + " were sent");
        }
        unacknowledgedBytes -= bytes;
        acknowledgedSegments += segments;
        acknowledgedBytes += bytes;
        return new SenderEffect.Acknowledged(segments, bytes);
    }

    private SenderEffect committed(String snapshotId) throws SessionException {
        expect(State.COMMITTING, "Committed");
        if (snapshotId.isEmpty() || snapshotId.length() > SessionLimits.MAX_NAME_CHARS) {
            throw SessionException.protocol("a snapshot id of " + snapshotId.length() + " characters");
        }
        state = State.DONE;
        return new SenderEffect.Committed(snapshotId);
    }

    private void expect(State wanted, String message) throws SessionException {
        if (state != wanted) {
            throw SessionException.protocol("the message " + message + " does not fit state " + state);
        }
    }

    private void require(State wanted) {
        if (state != wanted) {
            throw new IllegalStateException("state must be " + wanted + ", was " + state);
        }
    }

    private static SenderEffect send(SenderMessage.Builder message) {
        return new SenderEffect.Send(message.build());
    }
}
