package io.culvert.proto.session;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.segment.Segment;
import io.culvert.proto.v1.Accepted;
import io.culvert.proto.v1.Acknowledged;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Committed;
import io.culvert.proto.v1.Missing;
import io.culvert.proto.v1.Query;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The receiving end of a replication session, without clock, file, socket or thread.
 *
 * <pre>
 * NEW        --Begin-->     CHECKING     effect Check
 * CHECKING   --accept-->    OPEN
 * OPEN       --Query-->     OPEN         effect Lookup, answered in the order asked
 * OPEN       --Segment-->   OPEN         effect Store; acknowledged only after forced()
 * OPEN       --Commit-->    COMMITTING   only when no chunk is awaited and all is forced; effect Publish
 * COMMITTING --published--> DONE
 * any        --refuse-->    REFUSED
 * </pre>
 *
 * Every number that arrives is checked against what was asked and answered before: a segment can hold only chunks that
 * were reported missing and have not arrived yet. Not thread-safe: one owner, or one lock.
 */
public final class ReceiverSession {

    /** Where the session stands. */
    public enum State {
        NEW,
        CHECKING,
        OPEN,
        COMMITTING,
        DONE,
        REFUSED
    }

    private record Question(long first, List<ChunkRef> refs, boolean closure) {}

    private final Deque<Question> questions = new ArrayDeque<>();
    private final Map<Long, ChunkRef> awaited = new HashMap<>();
    private final Deque<Integer> unforced = new ArrayDeque<>();
    private State state = State.NEW;
    private long windowBytes;
    private long nextOrdinal;
    private int asked;
    private long unforcedBytes;
    private long forcedSegments;
    private long forcedBytes;

    public State state() {
        return state;
    }

    /**
     * Takes a message of the sender.
     *
     * @throws SessionException if the protocol does not allow it; the runner then sends {@link #refuse}
     */
    public ReceiverEffect receive(SenderMessage message) throws SessionException {
        return switch (message.getMessageCase()) {
            case BEGIN -> begin(message.getBegin());
            case QUERY -> query(message.getQuery());
            case SEGMENT -> segment(message.getSegment());
            case COMMIT -> commit(message.getCommit());
            case MESSAGE_NOT_SET -> throw SessionException.protocol("an empty message");
        };
    }

    private ReceiverEffect begin(Begin begin) throws SessionException {
        expect(State.NEW, "Begin");
        for (String name :
                List.of(begin.getJob(), begin.getDataset(), begin.getPool(), begin.getAttempt(), begin.getKind())) {
            if (name.isEmpty() || name.length() > SessionLimits.MAX_NAME_CHARS) {
                throw SessionException.protocol("a name of " + name.length() + " characters in Begin");
            }
        }
        if (begin.getFenceEpoch() < 0 || begin.getFenceRevision() < 0) {
            throw SessionException.protocol("a fence of more than 63 bits in Begin");
        }
        state = State.CHECKING;
        return new ReceiverEffect.Check(begin);
    }

    /** The session may go on, with so many bytes under way: at most {@link SessionLimits#WINDOW_BYTES}. */
    public ReceiverEffect accept(long window) {
        require(State.CHECKING);
        if (window < 1 || window > SessionLimits.WINDOW_BYTES) {
            throw new IllegalArgumentException(
                    "window must be within 1.." + SessionLimits.WINDOW_BYTES + ", was " + window);
        }
        windowBytes = window;
        state = State.OPEN;
        return send(
                ReceiverMessage.newBuilder().setAccepted(Accepted.newBuilder().setWindowBytes(window)));
    }

    /** Ends the session for a reason that the sender is told. */
    public ReceiverEffect refuse(Refused.Code code, String reason) {
        state = State.REFUSED;
        return send(ReceiverMessage.newBuilder()
                .setRefused(Refused.newBuilder().setCode(code).setReason(reason)));
    }

    private ReceiverEffect query(Query query) throws SessionException {
        expect(State.OPEN, "Query");
        List<ChunkRef> refs = Refs.unpack(query.getRefs(), SessionLimits.MAX_REFS);
        if (refs.isEmpty() || query.getFirst() != nextOrdinal) {
            throw SessionException.protocol("a question for " + refs.size() + " chunks from " + query.getFirst()
                    + " where " + nextOrdinal + " comes next");
        }
        if (asked + awaited.size() + refs.size() > SessionLimits.MAX_OUTSTANDING) {
            throw SessionException.protocol("more than " + SessionLimits.MAX_OUTSTANDING + " chunks outstanding");
        }
        nextOrdinal += refs.size();
        asked += refs.size();
        questions.add(new Question(query.getFirst(), refs, query.getClosure()));
        return new ReceiverEffect.Lookup(query.getFirst(), refs, query.getClosure());
    }

    /** Answers the oldest open question. */
    public ReceiverEffect lookedUp(BitSet missing) {
        Question question = questions.peek();
        if (question == null || missing.length() > question.refs().size()) {
            throw new IllegalStateException("an answer of " + missing.length() + " bits to "
                    + (question == null ? "no question" : question.refs().size() + " chunks"));
        }
        questions.remove();
        asked -= question.refs().size();
        if (!question.closure()) {
            missing.stream()
                    .forEach(bit ->
                            awaited.put(question.first() + bit, question.refs().get(bit)));
        }
        return send(ReceiverMessage.newBuilder()
                .setMissing(Missing.newBuilder()
                        .setFirst(question.first())
                        .setCount(question.refs().size())
                        .setBitmap(Refs.bitmap(missing))));
    }

    private ReceiverEffect segment(SegmentData segment) throws SessionException {
        expect(State.OPEN, "Segment");
        int count = segment.getOrdinalsCount();
        int payloadBytes = segment.getPayload().size();
        if (count < 1 || count > SessionLimits.MAX_REFS) {
            throw SessionException.protocol("a segment of " + count + " chunks");
        }
        if (payloadBytes > Segment.MAX_PAYLOAD_BYTES) {
            throw SessionException.protocol("a segment of " + payloadBytes + " bytes");
        }
        if (!unforced.isEmpty() && unforcedBytes + payloadBytes > windowBytes) {
            throw SessionException.protocol("a segment beyond the window of " + windowBytes + " bytes");
        }
        List<ChunkRef> refs = named(segment.getOrdinalsList());
        unforced.add(payloadBytes);
        unforcedBytes += payloadBytes;
        return new ReceiverEffect.Store(refs, segment.getCodec(), segment.getPayload());
    }

    /** The awaited chunks that ascending numbers name; they are not awaited any more. */
    private List<ChunkRef> named(List<Long> steps) throws SessionException {
        List<ChunkRef> refs = new ArrayList<>(steps.size());
        long ordinal = 0;
        long rawBytes = 0;
        for (long step : steps) {
            boolean ascends = refs.isEmpty() || step > 0;
            ordinal += step;
            ChunkRef ref = ascends ? awaited.remove(ordinal) : null;
            if (ref == null) {
                throw SessionException.protocol("chunk " + Long.toUnsignedString(ordinal)
                        + " was not asked for, came already, or stands out of order");
            }
            rawBytes += ref.lengthBytes();
            if (rawBytes > Segment.MAX_RAW_BYTES) {
                throw SessionException.protocol(
                        "a segment of chunks of more than " + Segment.MAX_RAW_BYTES + " bytes together");
            }
            refs.add(ref);
        }
        return refs;
    }

    /** The oldest {@code segments} stored segments are durable now. */
    public ReceiverEffect forced(int segments) {
        if (segments < 1 || segments > unforced.size()) {
            throw new IllegalStateException(segments + " segments forced of " + unforced.size());
        }
        for (int i = 0; i < segments; i++) {
            int bytes = unforced.remove();
            unforcedBytes -= bytes;
            forcedBytes += bytes;
        }
        forcedSegments += segments;
        return send(ReceiverMessage.newBuilder()
                .setAcknowledged(
                        Acknowledged.newBuilder().setSegments(forcedSegments).setBytes(forcedBytes)));
    }

    private ReceiverEffect commit(Commit commit) throws SessionException {
        expect(State.OPEN, "Commit");
        if (!questions.isEmpty() || !awaited.isEmpty() || !unforced.isEmpty()) {
            throw SessionException.protocol("Commit while " + questions.size() + " questions, " + awaited.size()
                    + " chunks and " + unforced.size() + " segments are open");
        }
        if (commit.getLabel().length() > SessionLimits.MAX_NAME_CHARS) {
            throw SessionException.protocol("a label of " + commit.getLabel().length() + " characters");
        }
        state = State.COMMITTING;
        return new ReceiverEffect.Publish(commit);
    }

    /** The snapshot is visible. */
    public ReceiverEffect published(String snapshotId) {
        require(State.COMMITTING);
        state = State.DONE;
        return send(
                ReceiverMessage.newBuilder().setCommitted(Committed.newBuilder().setSnapshot(snapshotId)));
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

    private static ReceiverEffect send(ReceiverMessage.Builder message) {
        return new ReceiverEffect.Send(message.build());
    }
}
