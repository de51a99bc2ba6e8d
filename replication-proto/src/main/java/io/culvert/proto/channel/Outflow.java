package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.ArrayDeque;

/** One channel's outgoing half: the messages that wait, the credit for them, and how its end goes out. */
final class Outflow {

    /** A message in two pieces that lie apart; no fragment has bytes of both. */
    private record Message(Slice head, Slice body, long ticket) {
        int lengthBytes() {
            return head.length() + body.length();
        }

        /** What is left, from a position on, of the piece that it lies in. */
        int leftOfPiece(int from) {
            return from < head.length() ? head.length() - from : lengthBytes() - from;
        }

        Slice slice(int from, int length) {
            return from < head.length() ? head.slice(from, length) : body.slice(from - head.length(), length);
        }
    }

    private final long channel;
    private final ArrayDeque<Message> bulk = new ArrayDeque<>();
    private final ArrayDeque<Message> urgent = new ArrayDeque<>();
    private int sentOfHeadBytes;
    private long creditBytes;
    private long urgentCreditBytes;
    private boolean finishing;
    private long unsentBytes;

    Outflow(long channel, long creditBytes, long urgentCreditBytes) {
        this.channel = channel;
        this.creditBytes = creditBytes;
        this.urgentCreditBytes = urgentCreditBytes;
    }

    void add(Slice head, Slice body, boolean isUrgent, long ticket) {
        ArrayDeque<Message> queue = isUrgent ? urgent : bulk;
        if (finishing) {
            throw new IllegalStateException("channel " + channel + " was finished");
        }
        if (queue.size() >= Limits.MAX_WAITING_MESSAGES) {
            throw new IllegalStateException(
                    "channel " + channel + " must have < " + Limits.MAX_WAITING_MESSAGES + " messages waiting");
        }
        Message message = new Message(head, body, ticket);
        queue.addLast(message);
        unsentBytes += message.lengthBytes();
    }

    boolean hasRoom(boolean isUrgent) {
        return (isUrgent ? urgent : bulk).size() < Limits.MAX_WAITING_MESSAGES;
    }

    boolean hasUrgentWaiting() {
        return !urgent.isEmpty();
    }

    void finish() {
        finishing = true;
    }

    boolean isFinishing() {
        return finishing;
    }

    /** Whether only the FINISH is left to be sent. */
    boolean isFinished() {
        return finishing && bulk.isEmpty() && urgent.isEmpty();
    }

    /** Forgets everything that waits. */
    void drop() {
        bulk.clear();
        urgent.clear();
        sentOfHeadBytes = 0;
        unsentBytes = 0;
        finishing = false;
    }

    long unsentBytes() {
        return unsentBytes;
    }

    void addCredit(long bytes, boolean isUrgent) throws ProtocolException {
        long sum = bytes + (isUrgent ? urgentCreditBytes : creditBytes);
        if (bytes > Limits.MAX_CREDIT_BYTES || sum > Limits.MAX_CREDIT_BYTES) {
            throw new ProtocolException(
                    ProtocolCode.CREDIT_OVERFLOW,
                    "channel " + channel + " would have more credit than " + Limits.MAX_CREDIT_BYTES + " bytes");
        }
        if (isUrgent) {
            urgentCreditBytes = sum;
        } else {
            creditBytes = sum;
        }
    }

    boolean canSendUrgent() {
        Message head = urgent.peekFirst();
        return head != null && urgentCreditBytes >= Limits.costBytes(head.lengthBytes());
    }

    /** Whether a fragment, or the finish, can go. */
    boolean canSendBulk() {
        Message head = bulk.peekFirst();
        if (head == null) {
            return finishing && urgent.isEmpty();
        }
        int rest = head.leftOfPiece(sentOfHeadBytes);
        return creditBytes >= Limits.costBytes(Math.min(rest, Limits.MIN_FRAGMENT_BYTES));
    }

    /** The payload of the next bulk frame; only when {@link #canSendBulk}. */
    int nextBulkBytes(int maxPayloadBytes) {
        Message head = bulk.peekFirst();
        if (head == null) {
            return 0;
        }
        int rest = head.leftOfPiece(sentOfHeadBytes);
        long affordable = creditBytes - Limits.FRAME_COST_BYTES;
        return (int) Math.min(Math.min(rest, maxPayloadBytes), affordable);
    }

    Outgoing nextUrgent() {
        Message head = urgent.removeFirst();
        int length = head.lengthBytes();
        urgentCreditBytes -= Limits.costBytes(length);
        unsentBytes -= length;
        return new Outgoing(Frames.data(channel, Frame.URGENT, 0, head.slice(0, length)), head.ticket);
    }

    /** The next fragment, or the finish. */
    Outgoing nextBulk(int maxPayloadBytes) {
        Message head = bulk.peekFirst();
        if (head == null) {
            finishing = false;
            return new Outgoing(Frames.finish(channel), 0);
        }
        int payload = nextBulkBytes(maxPayloadBytes);
        int total = head.lengthBytes();
        boolean first = sentOfHeadBytes == 0;
        boolean last = sentOfHeadBytes + payload == total;
        Frame frame = Frames.data(
                channel, last ? 0 : Frame.MORE, first && !last ? total : 0, head.slice(sentOfHeadBytes, payload));
        creditBytes -= Limits.costBytes(payload);
        unsentBytes -= payload;
        sentOfHeadBytes += payload;
        if (!last) {
            return new Outgoing(frame, 0);
        }
        bulk.removeFirst();
        sentOfHeadBytes = 0;
        return new Outgoing(frame, head.ticket);
    }
}
