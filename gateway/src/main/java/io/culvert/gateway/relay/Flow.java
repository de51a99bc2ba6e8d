package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.SocketListener;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.flow.FlowEnd;
import io.culvert.proto.flow.FlowException;
import io.culvert.proto.flow.FlowMessage;
import java.util.concurrent.CountDownLatch;
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
 * <p>Driven by events of the socket and the channel, on their event loops; nothing here blocks. One lock for each flow, before that
 * of the stream; the {@link Owner} is called without it.
 */
final class Flow {

    /** Who keeps the flow; called without its lock. */
    interface Owner {

        /** No stream carries it any more; it waits for {@link Flow#carry}. */
        void held(Flow flow);

        /** It is over; {@code why} is empty if both halves were closed in order. */
        void over(Flow flow, String why);

        /** It was over in order, and now the far gateway is known to know. */
        default void settled(Flow flow) {}
    }

    private final FlowLabel label;
    private final FlowSocket socket;
    private final RetainedBudget budget;
    private final Owner owner;

    private final ReentrantLock lock = new ReentrantLock();
    private final FlowEnd end = new FlowEnd();
    private @Nullable Carrying carrying;
    private boolean outputClosed;
    private boolean over;
    private long keptBytes;

    Flow(FlowLabel label, FlowSocket socket, RetainedBudget budget, Owner owner) {
        this.label = label;
        this.socket = socket;
        this.budget = budget;
        this.owner = owner;
    }

    FlowLabel label() {
        return label;
    }

    // ---- channels

    /** One channel that carries it, for as long as it does. */
    final class Carrying implements ChannelListener {

        private final Channel channel;
        private final CountDownLatch ended = new CountDownLatch(1);
        private boolean connected;
        private boolean finishedHere;
        private boolean finishedByPeer;

        Carrying(Channel channel) {
            this.channel = channel;
        }

        /** Waits until this channel carries it no more, and both sides have said so. */
        void awaitEnd() throws InterruptedException {
            ended.await();
        }

        @Override
        public void came(Channel.Received message) {
            take(this, message);
        }

        @Override
        public void finished() {
            boolean early;
            boolean settled;
            lock.lock();
            try {
                finishedByPeer = true;
                early = carrying == this && !end.isOver();
                settled = finishedHere;
            } finally {
                lock.unlock();
            }
            if (settled) {
                ended.countDown();
                owner.settled(Flow.this);
            }
            if (early) {
                abort("the far gateway ended the channel in the middle of the connection");
            }
        }

        void finish() {
            boolean settled;
            lock.lock();
            try {
                finishedHere = true;
                channel.finish();
                settled = finishedByPeer;
            } finally {
                lock.unlock();
            }
            if (settled) {
                ended.countDown();
                owner.settled(Flow.this);
            }
        }

        @Override
        public void ended(StreamException why) {
            ended.countDown();
            if (why instanceof ChannelResetException reset) {
                resetByPeer(this, reset.reason());
            } else {
                lost(this);
            }
        }

        @Override
        public void room() {
            go();
        }
    }

    /**
     * A new connection: the channel carries it from its first byte.
     *
     * @param accepted whether the far gateway opened the channel, which is then told that the target is connected
     */
    Carrying begin(Channel channel, boolean accepted) {
        Carrying fresh = new Carrying(channel);
        lock.lock();
        try {
            carrying = fresh;
            attachLocked(0);
            if (accepted) {
                channel.offer(FlowMessage.connected(0), false);
            }
        } catch (FlowException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
        fresh.connected = accepted;
        socket.start(FlowMessage.HEAD_BYTES, FlowMessage.MAX_DATA_BYTES, new Local());
        channel.listen(fresh);
        go();
        return fresh;
    }

    /**
     * Goes on in a channel that this side opened; the answer says how far the other side is.
     *
     * @return false if it is over or carried, and the channel not needed
     */
    boolean resume(Channel channel) {
        Carrying fresh = new Carrying(channel);
        lock.lock();
        try {
            if (over || carrying != null) {
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
            return !over && carrying == null && !end.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** What this side has received, if no channel carries it and a new one is to; -1 if it is over or carried. */
    long receivedIfHeld() {
        lock.lock();
        try {
            return over || carrying != null ? -1 : end.received();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Goes on in a channel that the other side opened, from whatever carried it before.
     *
     * @return what to wait for; null if it is over, or the channel is: one of a stream that was lost meanwhile must not take it from
     *     one of the stream that came after
     * @throws FlowException if the other side cannot be where it says it is
     */
    @Nullable
    Carrying takeOver(Channel channel, long peerReceived) throws FlowException {
        Carrying fresh = new Carrying(channel);
        fresh.connected = true;
        lock.lock();
        try {
            if (over || !channel.hasRoom(true)) {
                return null;
            }
            dropLocked();
            attachLocked(peerReceived);
            carrying = fresh;
            channel.offer(FlowMessage.connected(end.received()), true); // before all else, which may be urgent
        } finally {
            lock.unlock();
        }
        channel.listen(fresh);
        go();
        return fresh;
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
            old.ended.countDown();
        }
    }

    private void lost(Carrying old) {
        boolean held;
        lock.lock();
        try {
            if (carrying != old) {
                return;
            }
            dropLocked();
            held = !over && !end.isOver();
        } finally {
            lock.unlock();
        }
        if (held) {
            owner.held(this);
        }
    }

    private void resetByPeer(Carrying old, String why) {
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

    // ---- from the far end

    private void take(Carrying from, Channel.Received message) {
        String violation = "";
        lock.lock();
        try {
            if (carrying != from || over) {
                message.consumed();
                return;
            }
            takeLocked(from, message);
            sendLocked();
            wantReadLocked();
        } catch (FlowException e) {
            violation = "the far gateway broke the protocol: " + e.getMessage();
        } finally {
            lock.unlock();
        }
        if (violation.isEmpty()) {
            from.channel.flush();
            closeIfDone();
        } else {
            abort(violation);
        }
    }

    private void takeLocked(Carrying from, Channel.Received received) throws FlowException {
        FlowMessage message = FlowMessage.read(received.bytes());
        if (message instanceof FlowMessage.Connected connected) {
            received.consumed();
            connectedLocked(from, connected);
            return;
        }
        if (!end.isAttached()) {
            throw new FlowException("it goes on before it says where it is");
        }
        end.acknowledged(message.received());
        releaseLocked();
        switch (message) {
            case FlowMessage.Data data -> {
                end.came(data.offset(), data.bytes().length(), data.wantsAck());
                socket.write(data.bytes(), () -> {
                    received.consumed();
                    from.channel.recycle(received.bytes());
                });
            }
            case FlowMessage.End ending -> {
                end.cameEnd(ending.offset(), ending.wantsAck());
                received.consumed();
                socket.shutdownOutput(this::outputClosed);
            }
            case FlowMessage.Ack ack -> received.consumed();
            case FlowMessage.Packed packed -> throw new FlowException("nothing was said that could be referred to");
            case FlowMessage.Connected connected -> throw new IllegalStateException("was dealt with");
        }
    }

    private void connectedLocked(Carrying from, FlowMessage.Connected connected) throws FlowException {
        if (from.connected) {
            throw new FlowException("it was connected before");
        }
        from.connected = true;
        if (!end.isAttached()) {
            attachLocked(connected.received());
        }
    }

    private void outputClosed() {
        lock.lock();
        try {
            outputClosed = true;
        } finally {
            lock.unlock();
        }
        closeIfDone();
    }

    // ---- from the local socket

    private final class Local implements SocketListener {

        @Override
        public void came(byte[] array, int lengthBytes) {
            lock.lock();
            try {
                if (over || end.hasEnded()) {
                    return;
                }
                end.took(new Slice(array, 0, lengthBytes));
                keptBytes += array.length;
                budget.keep(array.length);
            } finally {
                lock.unlock();
            }
            go();
        }

        @Override
        public void ended() {
            lock.lock();
            try {
                end.tookEnd();
            } finally {
                lock.unlock();
            }
            go();
        }

        @Override
        public void failed(String why) {
            abort(label.side() + ": " + why);
        }
    }

    // ---- towards the far end

    /** Sends what may go, reads on if there is room. */
    private void go() {
        Carrying current;
        lock.lock();
        try {
            sendLocked();
            wantReadLocked();
            current = carrying;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.channel.flush();
        }
        closeIfDone();
    }

    private void sendLocked() {
        Carrying to = carrying;
        if (to == null || over) {
            return;
        }
        while (end.hasNext() && to.channel.hasRoom(end.isNextUrgent())) {
            FlowEnd.Outgoing next = end.next();
            if (next != null) {
                to.channel.offer(next.message(), next.urgent());
            }
        }
        if (end.isAckDue() && to.channel.hasRoom(true)) {
            to.channel.offer(end.ack(), true);
        }
    }

    private void wantReadLocked() {
        socket.wantRead(!over && !end.hasEnded() && keptBytes < budget.limitBytes());
    }

    private void releaseLocked() {
        for (Slice done = end.release(); done != null; done = end.release()) {
            keptBytes -= done.array().length;
            budget.release(done.array().length);
            socket.recycle(done.array());
        }
    }

    // ---- its end

    private boolean isDoneLocked() {
        return outputClosed && end.isOver();
    }

    private void closeIfDone() {
        Carrying last;
        lock.lock();
        try {
            if (over || !isDoneLocked() || end.isAckDue()) {
                return;
            }
            last = carrying;
            endLocked();
        } finally {
            lock.unlock();
        }
        socket.close();
        owner.over(this, "");
        if (last != null) {
            last.finish();
        }
    }

    /** Ends it by RST here, and at the far end if a channel carries it. */
    void abort(String why) {
        Carrying last;
        lock.lock();
        try {
            if (over) {
                return;
            }
            last = carrying;
            endLocked();
        } finally {
            lock.unlock();
        }
        socket.abort();
        if (last != null) {
            last.channel.reset(ResetCode.CANCELLED, why);
            last.ended.countDown();
        }
        owner.over(this, why);
    }

    /** To be called now and then, for what nothing tells of. */
    void look() {
        boolean half;
        lock.lock();
        try {
            half = !over && end.hasEnded() && !outputClosed;
        } finally {
            lock.unlock();
        }
        if (half) {
            socket.look();
        }
    }

    /** It was held for too long, if it still is. What lacks nothing but the far end's word ends in order. */
    void expire(String why) {
        boolean inOrder;
        lock.lock();
        try {
            if (over || carrying != null) {
                return;
            }
            inOrder = outputClosed && end.hasEnded();
            endLocked();
        } finally {
            lock.unlock();
        }
        if (inOrder) {
            socket.close();
        } else {
            socket.abort();
        }
        owner.over(this, inOrder ? "" : why);
    }

    private void endLocked() {
        over = true;
        carrying = null;
        end.detach();
        budget.release(keptBytes);
        keptBytes = 0;
    }

    // ---- what is known of it

    /** How much was relayed, and what is kept. */
    record Counts(long toPeerBytes, long fromPeerBytes, long retainedBytes) {}

    Counts counts() {
        lock.lock();
        try {
            return new Counts(end.takenBytes(), end.cameBytes(), end.retainedBytes());
        } finally {
            lock.unlock();
        }
    }
}
