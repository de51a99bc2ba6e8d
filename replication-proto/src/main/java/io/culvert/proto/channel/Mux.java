package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One side of one stream: many channels in one sequence of frames each way.
 *
 * <p>States: before the hellos (only {@link #greet}, {@link #receive} of a HELLO or GOODBYE), ready (own hello queued,
 * the peer's received), closed (after {@link #goodbye}, a GOODBYE received or a violation: nothing more is received,
 * only the goodbye is sent). A violation by the peer is a {@link ProtocolException} from {@link #receive}; whoever runs
 * the machine then says {@link #goodbye} with its code and closes the stream. What an id refers to that is gone is
 * ignored in calls from the own side, because the peer may have ended it meanwhile.
 */
public final class Mux {

    private final Hello own;
    private final String expectedPeer;
    private final BytePool pool;
    private final WindowBudget budget;
    private final Schedule schedule = new Schedule();
    private final Roster roster;

    private boolean greeted;
    private boolean closed;
    private @Nullable Hello peer;
    private long tickets;

    /**
     * A machine that has not said hello.
     *
     * @param expectedPeer the site that the peer's certificate proves
     * @param pool of the gateway, for messages
     * @param budget of the gateway, for windows
     */
    public Mux(Side side, Hello own, String expectedPeer, BytePool pool, WindowBudget budget) {
        this.own = own;
        this.expectedPeer = expectedPeer;
        this.pool = pool;
        this.budget = budget;
        this.roster = new Roster(side);
    }

    /** Says hello; before anything else and once. */
    public void greet() {
        if (greeted) {
            throw new IllegalStateException("the hello was said");
        }
        greeted = true;
        schedule.control(Frames.hello(own));
    }

    /** Whether both hellos were said and the stream is not closed. */
    public boolean isReady() {
        return greeted && peer != null && !closed;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether the peer accepts one more channel of ours. */
    public boolean canOpen() {
        return isReady() && roster.ownOpen() < ready().limits().channels();
    }

    /**
     * Opens a channel and returns its id.
     *
     * @throws IllegalStateException unless {@link #canOpen}
     * @throws IllegalArgumentException if the payload is longer than {@link Limits#MAX_OPEN_BYTES}
     */
    public long open(ChannelKind kind, Slice payload) {
        if (!canOpen()) {
            throw new IllegalStateException("no channel may be opened: " + roster.ownOpen() + " are open");
        }
        if (payload.length() > Limits.MAX_OPEN_BYTES) {
            throw new IllegalArgumentException(
                    "payload must be <= " + Limits.MAX_OPEN_BYTES + " bytes, was " + payload.length());
        }
        long id = roster.takeOwnId();
        MuxChannel channel = add(id, kind, ready().limits().initialCreditBytes());
        int extraBytes = channel.in.widenToInitial();
        schedule.control(Frames.open(id, kind, (long) own.limits().initialCreditBytes() + extraBytes, payload));
        return id;
    }

    private MuxChannel add(long id, ChannelKind kind, long creditBytes) {
        Limits ours = own.limits();
        MuxChannel channel = new MuxChannel(
                id,
                new Outflow(id, creditBytes, ready().limits().urgentCreditBytes()),
                new Inflow(id, kind, ours.initialCreditBytes(), ours.urgentCreditBytes(), pool, budget),
                Math.min(kind.maxMessageBytes(), ready().limits().messageBytes()));
        roster.add(channel);
        return channel;
    }

    /** Whether something can still be sent in this channel. */
    public boolean canSend(long id) {
        MuxChannel channel = roster.get(id);
        return !closed && channel != null && !channel.localEnded && !channel.out.isFinishing();
    }

    /** Whether one more message of this class may wait in this channel. */
    public boolean hasRoom(long id, boolean urgent) {
        MuxChannel channel = roster.get(id);
        return channel != null && channel.out.hasRoom(urgent);
    }

    /** Whether an urgent message of this channel waits, for credit or its turn. */
    public boolean hasUrgentWaiting(long id) {
        MuxChannel channel = roster.get(id);
        return channel != null && channel.out.hasUrgentWaiting();
    }

    /**
     * Queues a message, whose bytes are borrowed until the frame with the ticket that this returns was written.
     *
     * @throws IllegalStateException if the channel cannot send or its queue is full
     * @throws IllegalArgumentException if the message is too long for the kind of channel or the class
     */
    public long send(long id, Slice message, boolean urgent) {
        return send(id, message, Slice.empty(), urgent);
    }

    /** The same for a message in two pieces that lie apart, not urgent. */
    public long send(long id, Slice head, Slice body) {
        return send(id, head, body, false);
    }

    private long send(long id, Slice head, Slice body, boolean urgent) {
        MuxChannel channel = roster.get(id);
        if (channel == null || !canSend(id)) {
            throw new IllegalStateException("channel " + id + " cannot send");
        }
        int max = urgent ? Math.min(Limits.MAX_URGENT_BYTES, channel.maxMessageBytes) : channel.maxMessageBytes;
        int length = head.length() + body.length();
        if (length > max) {
            throw new IllegalArgumentException("message must be <= " + max + " bytes, was " + length);
        }
        long ticket = ++tickets;
        channel.out.add(head, body, urgent, ticket);
        schedule.update(channel);
        return ticket;
    }

    /** Bytes that wait in this channel. */
    public long unsentBytes(long id) {
        MuxChannel channel = roster.get(id);
        return channel == null ? 0 : channel.out.unsentBytes();
    }

    /** A delivered message was consumed: its credit goes back when it is worth a frame. */
    public void consumed(long id, int creditBytes, boolean urgent) {
        MuxChannel channel = roster.get(id);
        if (channel != null && !channel.remoteEnded && !closed) {
            channel.in.consumed(creditBytes, urgent);
            schedule.update(channel);
        }
    }

    /** Ends the own direction behind what waits. */
    public void finish(long id) {
        MuxChannel channel = roster.get(id);
        if (channel != null && canSend(id)) {
            channel.out.finish();
            schedule.update(channel);
        }
    }

    /** Ends both directions at once; what waits or still arrives is dropped. No-op for a channel that is gone. */
    public void reset(long id, ResetCode code, String reason) {
        MuxChannel channel = roster.get(id);
        if (channel == null || channel.abandoned || closed) {
            return;
        }
        channel.abandoned = true;
        if (channel.out.isFinished()) {
            // All was sent but the finish: say it first, so that the peer reads to the end what it already has.
            schedule.control(Frames.finish(id));
        }
        endLocal(channel, Frames.reset(id, code, reason));
    }

    private void endLocal(MuxChannel channel, Frame reset) {
        channel.out.drop();
        channel.localEnded = true;
        schedule.control(reset);
        roster.removeIfGone(channel);
    }

    /** Asks the peer for a sign of life. */
    public void ping(long token) {
        if (isReady()) {
            schedule.control(Frames.ping(token));
        }
    }

    /** Ends the stream: this goodbye is all that is sent from now on. */
    public void goodbye(ProtocolCode code, String reason) {
        close();
        schedule.control(Frames.goodbye(code, reason));
    }

    /** The stream is gone, or nothing but the goodbye is sent any more: every channel is, and what their windows had is given back. */
    public void close() {
        closed = true;
        roster.clear();
        schedule.clear();
    }

    /**
     * The next frame to write, null if there is none now.
     *
     * @param maxPayloadBytes the longest bulk fragment wanted, at least {@link Limits#MIN_FRAGMENT_BYTES}
     * @param urgentOnly bulk is held back
     */
    public @Nullable Outgoing next(int maxPayloadBytes, boolean urgentOnly) {
        int bounded = Math.clamp(maxPayloadBytes, Limits.MIN_FRAGMENT_BYTES, Frame.MAX_PAYLOAD_BYTES);
        Outgoing next = schedule.next(bounded, urgentOnly);
        if (next != null && next.frame().kind() == FrameKind.FINISH) {
            MuxChannel channel = roster.get(next.frame().channel());
            if (channel != null) {
                roster.removeIfGone(channel);
            }
        }
        return next;
    }

    /** Whether {@link #next} might return a frame. */
    public boolean hasNext() {
        return !schedule.isEmpty();
    }

    /** How many channels are open, whoever opened them. */
    public int openChannels() {
        return roster.open();
    }

    /** Takes a frame of the peer. After a violation the machine is closed. */
    public List<Effect> receive(Frame frame) throws ProtocolException {
        if (closed) {
            pool.give(frame.payload().array());
            return List.of();
        }
        try {
            return take(frame);
        } catch (ProtocolException e) {
            close();
            throw e;
        }
    }

    private List<Effect> take(Frame frame) throws ProtocolException {
        FrameKind kind = frame.kind();
        if (frame.channel() < 0 || frame.value() < 0) {
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "channel or value above 2^63");
        }
        if (peer == null && kind != FrameKind.HELLO && kind != FrameKind.GOODBYE && kind != FrameKind.MALFORMED) {
            throw new ProtocolException(ProtocolCode.HELLO_MISSING, "the first frame was " + kind);
        }
        return switch (kind) {
            case HELLO -> hello(frame);
            case PING -> ping(frame);
            case PONG -> List.of(new Effect.Ponged(frame.value()));
            case OPEN -> opened(frame);
            case DATA -> data(frame);
            case CREDIT -> credit(frame);
            case FINISH -> finished(frame);
            case RESET -> reset(frame);
            case GOODBYE -> ended(frame);
            case MALFORMED -> throw new ProtocolException(ProtocolCode.ofWire(frame.code()), frame.text());
        };
    }

    private List<Effect> hello(Frame frame) throws ProtocolException {
        if (peer != null) {
            throw new ProtocolException(ProtocolCode.HELLO_REPEATED, "a second hello");
        }
        Hello said = Hello.fromPayload(frame.payload());
        if (!said.site().equals(expectedPeer)) {
            throw new ProtocolException(
                    ProtocolCode.WRONG_SITE,
                    "the hello names \"" + said.site() + "\", the certificate \"" + expectedPeer + "\"");
        }
        int version = own.commonVersion(said);
        peer = said;
        return List.of(new Effect.Greeted(said, version));
    }

    private List<Effect> ping(Frame frame) throws ProtocolException {
        if (schedule.pendingPongs() >= Limits.MAX_PENDING_PONGS) {
            throw new ProtocolException(
                    ProtocolCode.PING_FLOOD, "more than " + Limits.MAX_PENDING_PONGS + " pings at once");
        }
        schedule.control(Frames.pong(frame.value()));
        return List.of();
    }

    private List<Effect> opened(Frame frame) throws ProtocolException {
        long id = frame.channel();
        roster.checkPeerId(id, own.limits().channels());
        if (frame.payload().length() > Limits.MAX_OPEN_BYTES) {
            throw new ProtocolException(
                    ProtocolCode.FRAME_TOO_LONG, "an OPEN of " + frame.payload().length() + " bytes");
        }
        if (frame.value() > Limits.MAX_CREDIT_BYTES) {
            throw new ProtocolException(ProtocolCode.CREDIT_OVERFLOW, "channel " + id + " opened with too much credit");
        }
        Optional<ChannelKind> kind = ChannelKind.ofWire(frame.code());
        MuxChannel channel = add(id, kind.orElse(ChannelKind.CONTROL), frame.value());
        if (kind.isEmpty()) {
            reset(id, ResetCode.UNSUPPORTED, "no channels of kind " + frame.code() + " here");
            return List.of();
        }
        channel.in.widenOnAccept();
        schedule.update(channel);
        return List.of(new Effect.Opened(id, kind.get(), frame.payload()));
    }

    private List<Effect> data(Frame frame) throws ProtocolException {
        MuxChannel channel = roster.open(frame);
        if (channel.remoteEnded) {
            throw new ProtocolException(ProtocolCode.AFTER_FINISH, "data in channel " + channel.id);
        }
        if (channel.abandoned) {
            channel.in.discard(frame);
            return List.of();
        }
        Optional<Effect.Delivered> delivered = channel.in.accept(frame);
        schedule.update(channel);
        return delivered.<List<Effect>>map(List::of).orElse(List.of());
    }

    private List<Effect> credit(Frame frame) throws ProtocolException {
        if (frame.value() == 0) {
            throw new ProtocolException(ProtocolCode.MALFORMED_FRAME, "a CREDIT of nothing");
        }
        MuxChannel channel = roster.openOrGone(frame);
        if (channel != null && !channel.localEnded) {
            channel.out.addCredit(frame.value(), frame.has(Frame.URGENT));
            schedule.update(channel);
        }
        return List.of();
    }

    private List<Effect> finished(Frame frame) throws ProtocolException {
        MuxChannel channel = roster.open(frame);
        if (channel.remoteEnded) {
            throw new ProtocolException(ProtocolCode.AFTER_FINISH, "a second FINISH of channel " + channel.id);
        }
        if (!channel.abandoned && channel.in.isAssembling()) {
            throw new ProtocolException(
                    ProtocolCode.MESSAGE_INVALID, "channel " + channel.id + " finished within a message");
        }
        channel.remoteEnded = true;
        roster.removeIfGone(channel);
        return channel.abandoned ? List.of() : List.of(new Effect.Finished(channel.id));
    }

    private List<Effect> reset(Frame frame) throws ProtocolException {
        MuxChannel channel = roster.openOrGone(frame);
        if (channel == null) {
            return List.of();
        }
        channel.remoteEnded = true;
        boolean news = !channel.abandoned;
        channel.abandoned = true;
        ResetCode code = ResetCode.ofWire(frame.code());
        if (channel.localEnded) {
            roster.removeIfGone(channel);
        } else {
            endLocal(channel, Frames.reset(channel.id, code, ""));
        }
        return news ? List.of(new Effect.Reset(channel.id, code, frame.text())) : List.of();
    }

    private List<Effect> ended(Frame frame) {
        close();
        return List.of(new Effect.Ended(ProtocolCode.ofWire(frame.code()), frame.text()));
    }

    private Hello ready() {
        if (peer == null) {
            throw new IllegalStateException("the peer has not said hello");
        }
        return peer;
    }
}
