package io.culvert.gateway.relay;

import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.flow.FlowEnd;
import io.culvert.proto.flow.FlowException;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.flow.FlowMessage.History;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One relayed connection at one gateway: its local socket, and the channel that carries it, one after the other as streams come and
 * go. What ends one ends the other alike: half closed as half closed, reset as reset; the loss of a stream ends nothing.
 *
 * <pre>
 *   carried ── stream lost ──► held ── carry(), attach ──► carried
 *      │                         │
 *      └── both halves closed, a reset, too long held, a violation ──► over
 * </pre>
 *
 * <p>Driven by events of the socket ({@link LocalEnd}) and the channel ({@link Carrying}), on their event loops; nothing here blocks. What
 * comes goes through {@link Intake}, what goes through {@link Outlet}. One lock for all of a flow, before that of the stream; the {@link
 * Owner} is called without it.
 */
final class Flow {

    /** Who keeps the flow; called without its lock. */
    interface Owner {

        /** No stream carries it any more; it waits for {@link Flow#resume} or {@link Flow#takeOver}. */
        void held(Flow flow);

        /** It is over; {@code why} is empty if both halves were closed in order. */
        void over(Flow flow, String why);

        /** It was over in order, and now the far gateway is known to know. */
        default void settled(Flow flow) {}
    }

    private final FlowLabel label;
    private final FlowDedup dedup;
    private final Owner owner;
    private final LocalEnd local;
    private final Intake intake;
    private final Outlet outlet;
    private final FlowEnding ending;

    private final ReentrantLock lock = new ReentrantLock();
    private final FlowEnd end = new FlowEnd();
    private @Nullable Carrying carrying;

    Flow(FlowLabel label, FlowSocket socket, FlowDedup dedup, RetainedBudget budget, Owner owner) {
        this.label = label;
        this.dedup = dedup;
        this.owner = owner;
        this.local = new LocalEnd(this, socket, budget);
        this.intake = new Intake(this, socket, dedup);
        this.outlet = new Outlet(this, dedup);
        this.ending = new FlowEnding(this, socket, owner);
    }

    FlowLabel label() {
        return label;
    }

    // ---- its parts

    ReentrantLock lock() {
        return lock;
    }

    FlowEnd end() {
        return end;
    }

    Intake intake() {
        return intake;
    }

    /** What carries it now, null if nothing does or it is over; lock held. */
    @Nullable
    Carrying carrying() {
        return ending.isOverLocked() ? null : carrying;
    }

    /** Lock held. */
    boolean isCarriedBy(Carrying one) {
        return carrying() == one;
    }

    boolean isCarriedNowBy(Carrying one) {
        lock.lock();
        try {
            return isCarriedBy(one);
        } finally {
            lock.unlock();
        }
    }

    // ---- channels

    /**
     * A new connection: the channel carries it from its first byte.
     *
     * @param peerHistory what the far end keeps, if that is known: then it opened the channel, and is told that the target is connected
     */
    Carrying begin(Channel channel, Optional<Histories.Unpacking> unpacking, @Nullable History peerHistory) {
        Carrying fresh = new Carrying(this, channel, unpacking);
        lock.lock();
        try {
            attachLocked(0);
            carrying = fresh;
            if (peerHistory != null) {
                acceptedLocked(fresh, peerHistory);
            }
        } catch (FlowException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
        local.start();
        channel.listen(fresh);
        go();
        return fresh;
    }

    private void acceptedLocked(Carrying fresh, History peerHistory) {
        fresh.connected = true;
        fresh.packer = dedup.packer(peerHistory).orElse(null);
        fresh.channel.offer(
                FlowMessage.connected(end.received(), fresh.history()), true); // before all else that may be urgent
    }

    /**
     * Goes on in a channel that this side opened; the answer says how far the other side is.
     *
     * @param unpacking as the other side was told when the channel was opened
     * @return false if it is over or carried, and the channel not needed
     */
    boolean resume(Channel channel, Optional<Histories.Unpacking> unpacking) {
        Carrying fresh = new Carrying(this, channel, unpacking);
        lock.lock();
        try {
            if (ending.isOverLocked() || carrying != null) {
                return false;
            }
            carrying = fresh;
        } finally {
            lock.unlock();
        }
        channel.listen(fresh);
        return true;
    }

    /** Whether it waits for a channel, with something left to be said. */
    boolean isHeld() {
        lock.lock();
        try {
            return !ending.isOverLocked() && carrying == null && !end.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** What this side has received, if no channel carries it and a new one is to; -1 if it is over or carried. */
    long receivedIfHeld() {
        lock.lock();
        try {
            return ending.isOverLocked() || carrying != null ? -1 : end.received();
        } finally {
            lock.unlock();
        }
    }

    /** What unpacks in the next channel. */
    Optional<Histories.Unpacking> unpacking() {
        return dedup.unpacking();
    }

    /**
     * Goes on in a channel that the other side opened, from whatever carried it before.
     *
     * @return what to wait for; null if it is over, or the channel is: one of a stream that was lost meanwhile must not take it from
     *     one of the stream that came after
     * @throws FlowException if the other side cannot be where it says it is
     */
    @Nullable
    Carrying takeOver(Channel channel, long peerReceived, History peerHistory) throws FlowException {
        Carrying fresh = new Carrying(this, channel, dedup.unpacking());
        lock.lock();
        try {
            if (ending.isOverLocked() || !channel.hasRoom(true)) {
                return null;
            }
            dropLocked();
            attachLocked(peerReceived);
            carrying = fresh;
            acceptedLocked(fresh, peerHistory);
        } finally {
            lock.unlock();
        }
        channel.listen(fresh);
        go();
        return fresh;
    }

    /** The other side says where it is. */
    void connectedLocked(Carrying from, FlowMessage.Connected connected) throws FlowException {
        if (from.connected) {
            throw new FlowException("it was connected before");
        }
        from.connected = true;
        if (!end.isAttached()) {
            attachLocked(connected.received());
        }
        from.packer = dedup.packer(connected.history()).orElse(null);
    }

    private void attachLocked(long peerReceived) throws FlowException {
        end.attach(peerReceived);
        releaseLocked();
    }

    private void dropLocked() {
        Carrying old = carrying;
        if (old != null) {
            carrying = null;
            end.detach();
            old.over();
        }
    }

    /** The stream of this channel is lost. */
    void lost(Carrying old) {
        boolean held;
        lock.lock();
        try {
            if (carrying != old) {
                return;
            }
            dropLocked();
            held = !ending.isOverLocked(); // if only the last word was lost, it is said again
        } finally {
            lock.unlock();
        }
        if (held) {
            owner.held(this);
        }
    }

    void resetByPeer(Carrying old, String why) {
        lock.lock();
        try {
            if (carrying != old) {
                return;
            }
            dropLocked();
        } finally {
            lock.unlock();
        }
        abort(why);
    }

    /**
     * The history that this channel refers to is lost: the connection is to go on in another, which the side of the client opens. The
     * far side asks for it in this channel, and leaves it to be ended there.
     *
     * @param asked whether the far side asked
     */
    void again(Carrying old, boolean asked) {
        lock.lock();
        try {
            if (!isCarriedBy(old)) {
                return;
            }
            carrying = null;
            end.detach();
            old.closePacker();
            if (!label.near()) {
                old.channel.offer(FlowMessage.again(end.received()), true);
            }
        } finally {
            lock.unlock();
        }
        if (asked) {
            old.channel.reset(ResetCode.CANCELLED, "the connection goes on in another channel");
        }
        old.channel.flush();
        owner.held(this);
    }

    // ---- towards the far end

    /** Sends what may go, reads on if there is room. */
    void go() {
        Carrying current;
        lock.lock();
        try {
            goLocked();
            current = carrying();
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.channel.flush();
        }
        ending.closeIfDone();
    }

    /** The same; who calls it flushes the channel without the lock. */
    void goLocked() {
        outlet.goLocked();
        local.wantReadLocked();
    }

    /** Lets go of what the far end has. */
    void releaseLocked() {
        local.releaseLocked();
    }

    /** Whether nothing more is read before the far end has something. */
    boolean isFullLocked() {
        return local.isFullLocked();
    }

    /** Asks for what went and was not acknowledged, if nothing else will; looks for what nothing tells of. To be called now and then. */
    void look() {
        ending.whole(this::lookWhole);
    }

    private void lookWhole() {
        ending.look();
        Carrying current;
        lock.lock();
        try {
            current = carrying();
            if (current != null && end.isAskDue() && current.channel.hasRoom(false)) {
                current.channel.offer(end.ask(), false);
            }
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.channel.flush();
        }
    }

    // ---- its end

    FlowEnding ending() {
        return ending;
    }

    /** Ends it by RST here, and at the far end if a channel carries it. */
    void abort(String why) {
        ending.abort(why);
    }

    /** Nothing carries it any more, because it is over; returns what did. */
    @Nullable
    Carrying leaveLocked() {
        Carrying last = carrying;
        carrying = null;
        end.detach();
        local.forgetLocked();
        return last;
    }

    // ---- what is known of it

    /** How much was relayed, and what is kept. */
    record Counts(long toPeerBytes, long fromPeerBytes, long retainedBytes) {}

    FlowView.Dedup dedup() {
        return dedup.view();
    }

    Counts counts() {
        lock.lock();
        try {
            return new Counts(end.takenBytes(), end.cameBytes(), end.retainedBytes());
        } finally {
            lock.unlock();
        }
    }
}
