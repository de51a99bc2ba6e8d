package io.culvert.proto.flow;

import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One end of a relayed connection. What was taken from the local connection is numbered and kept until the far end has received
 * it, so that it can be sent again, from exactly where the far end is, when another channel takes over.
 *
 * <pre>
 *   detached ── attach(what the far end has received) ──► attached ── detach() ──► detached
 * </pre>
 *
 * <p>Each direction ends once, by an end that counts as one byte. It is over when both have: what was taken and its end were
 * received, and the far end's end came. Not thread-safe.
 *
 * <p><b>Order.</b> A short message goes urgent, past all bulk of the stream, but never past bytes of its own connection: only when
 * nothing of it waits and all that went as bulk was received. Whoever offers messages to a channel keeps bulk back while urgent ones
 * of this connection still wait there.
 *
 * <p><b>Acknowledgements</b> ride on messages the other way. The sender asks for one by itself each {@link #ASK_BYTES}, when it can keep
 * no more, and when nothing waits behind a piece so short that it looks like the end of something: so a quiet connection keeps little, and
 * its next short message may go urgent. Where that did not show, {@link #isAskDue} does, a moment later.
 */
public final class FlowEnd {

    /** The longest piece that may go urgent. */
    public static final int MAX_URGENT_BYTES = (4 << 10) - FlowMessage.HEAD_BYTES;

    /** So many bytes may be on their way as urgent at most; the rest waits its turn like others. */
    static final int MAX_URGENT_ON_THE_WAY_BYTES = 16 << 10;

    /** An acknowledgement is asked for at least this often. */
    static final int ASK_BYTES = 256 << 10;

    /** Of urgent messages unasked for is less than this when nothing waits. */
    static final int ASK_IDLE_BYTES = 8 << 10;

    /** Who writes without a pause writes longer pieces. */
    static final int LAST_PIECE_BYTES = 16 << 10;

    /** Bytes in the array of their message, behind room for its head; none are the end. */
    private record Piece(long offset, Slice message) {
        long endOffset() {
            return offset + Math.max(1, dataBytes());
        }

        int dataBytes() {
            return message.length() - FlowMessage.HEAD_BYTES;
        }
    }

    /**
     * A message for the channel.
     *
     * @param message whole, its head included; borrowed until the channel has written it
     * @param dataBytes how many bytes of the connection it has, 0 for the end
     */
    public record Outgoing(Slice message, long offset, int dataBytes, boolean urgent, boolean wantsAck) {}

    private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
    private final ArrayDeque<Piece> sent = new ArrayDeque<>();
    private boolean attached;
    private boolean ended;
    private long takenOffset;
    private long sentOffset;
    private long bulkOffset;
    private long askedOffset;
    private long ackedOffset;
    private long receivedOffset;
    private boolean peerEnded;
    private boolean ackDue;

    // ---- the local connection

    /**
     * Bytes were taken from the local connection.
     *
     * @param message at least one and at most {@link FlowMessage#MAX_DATA_BYTES} bytes behind {@link FlowMessage#HEAD_BYTES} of
     *     room; the array is kept until {@link #release} of its bytes
     */
    public void took(Slice message) {
        int bytes = message.length() - FlowMessage.HEAD_BYTES;
        if (bytes < 1 || bytes > FlowMessage.MAX_DATA_BYTES) {
            throw new IllegalArgumentException("bytes must be 1.." + FlowMessage.MAX_DATA_BYTES + ", was " + bytes);
        }
        if (ended) {
            throw new IllegalStateException("the local connection had ended");
        }
        waiting.addLast(new Piece(takenOffset, message));
        takenOffset += bytes;
    }

    /** The local connection was half closed; a second call does nothing. */
    public void tookEnd() {
        if (!ended) {
            ended = true;
            waiting.addLast(new Piece(takenOffset, Slice.of(new byte[FlowMessage.HEAD_BYTES])));
        }
    }

    /** Bytes that were taken and that the far end is not known to have received. */
    public long retainedBytes() {
        return Math.max(0, takenOffset - ackedOffset);
    }

    /** Bytes that were taken and not given to a channel yet. */
    public long waitingBytes() {
        return Math.max(0, takenOffset - sentOffset);
    }

    /** Up to where it was given to the channel of now. */
    public long sentBytes() {
        return sentOffset;
    }

    /** All bytes that were taken. */
    public long takenBytes() {
        return takenOffset;
    }

    /** All bytes that came from the far end. */
    public long cameBytes() {
        return peerEnded ? receivedOffset - 1 : receivedOffset;
    }

    // ---- towards the far end

    /** Whether {@link #next} has something. */
    public boolean hasNext() {
        return attached && !waiting.isEmpty();
    }

    /** Whether the next message would go urgent; asked before {@link #next}, to see whether the channel has room for it. */
    public boolean isNextUrgent() {
        Piece piece = waiting.peekFirst();
        return piece != null && mayBeUrgent(piece);
    }

    private boolean mayBeUrgent(Piece piece) {
        return waiting.size() == 1
                && piece.dataBytes() <= MAX_URGENT_BYTES
                && ackedOffset >= bulkOffset
                && sentOffset - ackedOffset <= MAX_URGENT_ON_THE_WAY_BYTES;
    }

    /**
     * The next message for the channel, null if there is none; what was received rides on it.
     *
     * @param full whether no more is taken until something was received
     */
    public @Nullable Outgoing next(boolean full) {
        Piece piece = attached ? waiting.peekFirst() : null;
        if (piece == null) {
            return null;
        }
        boolean urgent = mayBeUrgent(piece);
        waiting.removeFirst();
        sent.addLast(piece);
        sentOffset = piece.endOffset();
        if (!urgent) {
            bulkOffset = sentOffset;
        }
        boolean end = piece.dataBytes() == 0;
        boolean ask = end || sentOffset - askedOffset >= (urgent ? ASK_IDLE_BYTES : ASK_BYTES);
        if (waiting.isEmpty()) {
            ask |= full || !urgent && piece.dataBytes() <= LAST_PIECE_BYTES;
        }
        if (ask) {
            askedOffset = sentOffset;
        }
        Slice message = piece.message();
        FlowMessage.writeHead(
                message.array(),
                message.offset(),
                end ? FlowMessage.END : FlowMessage.DATA,
                ask,
                piece.offset(),
                receivedOffset);
        ackDue = false;
        return new Outgoing(message, piece.offset(), piece.dataBytes(), urgent, ask);
    }

    /** Whether the far end asked for an acknowledgement that has not been given. */
    public boolean isAckDue() {
        return attached && ackDue;
    }

    /** An acknowledgement of all that was received. */
    public Slice ack() {
        ackDue = false;
        return FlowMessage.ack(receivedOffset, false);
    }

    /** Whether something went, has not been asked for, and nothing waits that could ask for it. */
    public boolean isAskDue() {
        return attached && waiting.isEmpty() && sentOffset > Math.max(askedOffset, ackedOffset);
    }

    /** Asks for it: a message to go as bulk, behind all that it asks for. */
    public Slice ask() {
        askedOffset = sentOffset;
        ackDue = false;
        return FlowMessage.ack(receivedOffset, true);
    }

    // ---- from the far end

    /**
     * Takes what the far end says of itself in any message: how much it has received. Less than it said before is old news, in a bulk
     * message that an urgent one has passed.
     *
     * @throws FlowException if it is more than was sent
     */
    public void acknowledged(long received) throws FlowException {
        if (received > sentOffset) {
            throw new FlowException("it has received " + received + " of " + sentOffset);
        }
        ackedOffset = Math.max(ackedOffset, received);
    }

    /** The array of a message that the far end has received and that is not needed any more, null if there is none. */
    public @Nullable Slice release() {
        Piece first = sent.peekFirst();
        if (first == null || first.endOffset() > ackedOffset) {
            return null;
        }
        return sent.removeFirst().message();
    }

    /**
     * Bytes came.
     *
     * @throws FlowException if they are not those that come next
     */
    public void came(long offset, int bytes, boolean wantsAck) throws FlowException {
        expect(offset);
        receivedOffset += bytes;
        ackDue |= wantsAck;
    }

    /** The far end asked in {@link #ask}. */
    public void asked() {
        ackDue = true;
    }

    /** The end came. */
    public void cameEnd(long offset, boolean wantsAck) throws FlowException {
        expect(offset);
        receivedOffset++;
        peerEnded = true;
        ackDue |= wantsAck;
    }

    private void expect(long offset) throws FlowException {
        if (peerEnded) {
            throw new FlowException("it goes on behind its end");
        }
        if (offset != receivedOffset) {
            throw new FlowException("offset " + offset + " comes where " + receivedOffset + " is next");
        }
    }

    /** What this end has received, as it is said when a channel is opened or taken over. */
    public long received() {
        return receivedOffset;
    }

    // ---- channels

    /**
     * A channel carries it from now on: all that the far end has not received is to be sent in it.
     *
     * @throws FlowException if the far end cannot be where it says it is
     */
    public void attach(long peerReceived) throws FlowException {
        while (!sent.isEmpty()) {
            waiting.addFirst(sent.removeLast());
        }
        if (peerReceived < ackedOffset) {
            throw new FlowException("it has received " + peerReceived + ", and said " + ackedOffset + " before");
        }
        acknowledged(peerReceived);
        while (!waiting.isEmpty() && waiting.getFirst().endOffset() <= peerReceived) {
            sent.addLast(waiting.removeFirst());
        }
        Piece first = waiting.peekFirst();
        if (first != null && first.offset() != peerReceived) {
            throw new FlowException("it has received " + peerReceived + ", in the middle of a message");
        }
        sentOffset = peerReceived;
        bulkOffset = peerReceived;
        askedOffset = peerReceived;
        ackDue = false;
        attached = true;
    }

    /** No channel carries it. */
    public void detach() {
        attached = false;
    }

    public boolean isAttached() {
        return attached;
    }

    /** Whether the local connection was half closed by its client. */
    public boolean hasEnded() {
        return ended;
    }

    /** Whether the far end's end came. */
    public boolean hasPeerEnded() {
        return peerEnded;
    }

    /** Whether everything was said in both directions, and received as far as this end can know. */
    public boolean isOver() {
        return ended && peerEnded && ackedOffset == takenOffset + 1;
    }
}
