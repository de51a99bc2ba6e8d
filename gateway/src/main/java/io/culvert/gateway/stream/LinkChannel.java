package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Effect;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A channel of a {@link Link}; its state is guarded by the link's lock. */
final class LinkChannel implements Channel {

    private record End(ResetCode code, String reason, boolean byPeer) {}

    private final Link link;
    private final long id;
    private final ChannelKind kind;
    private final ReentrantLock lock;
    private final Condition received;
    private final Inbox inbox = new Inbox();
    private final Outbox outbox;
    private final Telling telling = new Telling(this);
    private boolean finishedByPeer;
    private boolean finishedHere;
    private @Nullable End end;

    LinkChannel(Link link, long id, ChannelKind kind) {
        this.link = link;
        this.id = id;
        this.kind = kind;
        this.lock = link.lock;
        this.received = lock.newCondition();
        this.outbox = new Outbox(link, this);
    }

    @Override
    public String peer() {
        return link.peer();
    }

    @Override
    public ChannelKind kind() {
        return kind;
    }

    @Override
    public long id() {
        return id;
    }

    // ---- sending

    @Override
    public void send(Slice message) throws StreamException, InterruptedException {
        outbox.send(message, Slice.empty(), false);
    }

    @Override
    public void send(Slice head, Slice body) throws StreamException, InterruptedException {
        outbox.send(head, body, false);
    }

    @Override
    public void sendUrgent(Slice message) throws StreamException, InterruptedException {
        outbox.send(message, Slice.empty(), true);
    }

    @Override
    public boolean hasRoom(boolean urgent) {
        lock.lock();
        try {
            boolean room = isOfferedLocked() && outbox.hasRoomLocked(urgent);
            if (!room) {
                telling.wantRoomLocked();
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOfferedLocked() {
        return end == null && !finishedHere && !link.isEndingLocked();
    }

    @Override
    public void offer(Slice message, boolean urgent) {
        lock.lock();
        try {
            if (isOfferedLocked()) {
                link.muxLocked().send(id, message, urgent);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {
        lock.lock();
        try {
            link.pumpLocked(() -> false);
        } finally {
            lock.unlock();
        }
    }

    void checkSendableLocked() throws StreamException {
        checkAliveLocked();
        if (finishedHere) {
            throw new IllegalStateException("channel " + id + " was finished");
        }
    }

    void checkAliveLocked() throws StreamException {
        End ended = end;
        if (ended != null) {
            throw new ChannelResetException(link.peer(), ended.code, ended.reason, ended.byPeer);
        }
        String lost = link.lostWhy();
        if (lost != null) {
            throw new StreamLostException(link.peer(), lost);
        }
    }

    @Override
    public long unsentBytes() {
        lock.lock();
        try {
            return link.muxLocked().unsentBytes(id);
        } finally {
            lock.unlock();
        }
    }

    // ---- receiving

    @Override
    public Optional<Slice> receive() throws StreamException, InterruptedException {
        lock.lock();
        try {
            while (!hasNextLocked()) {
                received.await();
            }
            return takeLocked();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Received> take() throws StreamException, InterruptedException {
        lock.lock();
        try {
            while (!hasNextLocked()) {
                received.await();
            }
            return Optional.ofNullable(inbox.poll()).map(Taken::new);
        } finally {
            lock.unlock();
        }
    }

    private final class Taken implements Received {
        private final Effect.Delivered delivered;

        Taken(Effect.Delivered delivered) {
            this.delivered = delivered;
        }

        @Override
        public Slice bytes() {
            return delivered.message();
        }

        @Override
        public void consumed() {
            lock.lock();
            try {
                consumedLocked(delivered);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public Optional<Slice> receive(Duration timeout) throws StreamException, InterruptedException, TimeoutException {
        lock.lock();
        try {
            long leftNanos = timeout.toNanos();
            while (!hasNextLocked()) {
                if (leftNanos <= 0) {
                    throw new TimeoutException("nothing came from " + link.peer() + " within " + timeout);
                }
                leftNanos = received.awaitNanos(leftNanos);
            }
            return takeLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #takeLocked} has an answer. What came before the finish is read to the end, whatever came later. */
    private boolean hasNextLocked() throws StreamException {
        if (isWantedLocked() && (!inbox.isEmpty() || finishedByPeer)) {
            return true;
        }
        checkAliveLocked();
        return false;
    }

    // ---- listening

    @Override
    public void listen(ChannelListener listener) {
        telling.listen(listener, lock);
    }

    /** Tells the listener, if there is one, what it has not heard; called without the lock. */
    void tell() {
        telling.tell(lock);
    }

    boolean isListenedLocked() {
        return telling.isListened();
    }

    /** The next message for the listener, null if there is none or nobody wants it any more. */
    @Nullable
    Received nextForListenerLocked() {
        Effect.Delivered next = isWantedLocked() ? inbox.poll() : null;
        return next == null ? null : new Taken(next);
    }

    boolean isFinishedByPeerLocked() {
        return finishedByPeer && end == null;
    }

    /** How it ended before its time, null if it did not or this side ended it. */
    @Nullable
    StreamException endForListenerLocked() {
        End ended = end;
        if (ended != null) {
            return ended.byPeer ? new ChannelResetException(link.peer(), ended.code, ended.reason, true) : null;
        }
        String lost = link.lostWhy();
        boolean over = finishedHere && finishedByPeer;
        return lost != null && !over ? new StreamLostException(link.peer(), lost) : null;
    }

    private boolean isWantedLocked() {
        End ended = end;
        return ended == null || finishedByPeer && ended.byPeer;
    }

    private Optional<Slice> takeLocked() {
        Effect.Delivered next = inbox.poll();
        if (next == null) {
            return Optional.empty();
        }
        consumedLocked(next);
        return Optional.of(next.message());
    }

    private void consumedLocked(Effect.Delivered delivered) {
        link.muxLocked().consumed(id, delivered.creditBytes(), delivered.urgent());
        if (link.muxLocked().hasNext()) {
            link.wakeWriterLocked();
        }
    }

    @Override
    public void recycle(Slice message) {
        link.recycle(message.array());
    }

    // ---- its end

    @Override
    public void finish() {
        lock.lock();
        try {
            if (!finishedHere && end == null) {
                finishedHere = true;
                link.muxLocked().finish(id);
                link.wakeWriterLocked();
                forgetIfOverLocked();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reset(ResetCode code, String reason) {
        lock.lock();
        try {
            resetLocked(code, reason, false);
            link.awaitNotWritingLocked(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!(finishedHere && finishedByPeer)) {
                resetLocked(ResetCode.CANCELLED, "closed before its end", false);
            }
        } finally {
            lock.unlock();
        }
    }

    void resetLocked(ResetCode code, String reason, boolean byPeer) {
        if (end != null) {
            return;
        }
        end = new End(code, reason, byPeer);
        if (!byPeer) {
            link.muxLocked().reset(id, code, reason);
            link.wakeWriterLocked();
        }
        link.forgetLocked(this);
        wakeLocked();
    }

    void forgetIfOverLocked() {
        if (finishedHere && finishedByPeer && !outbox.isBusyLocked()) {
            link.forgetLocked(this);
        }
    }

    // ---- what the link calls

    void deliveredLocked(Effect.Delivered delivered) {
        inbox.add(delivered);
        received.signal();
    }

    void finishedLocked() {
        finishedByPeer = true;
        received.signalAll();
        forgetIfOverLocked();
    }

    void writtenLocked(long ticket, boolean urgent) {
        outbox.writtenLocked(ticket, urgent);
        if (telling.roomLocked()) {
            link.toTellLocked(this);
        }
    }

    /** Everybody who waits looks again. */
    void wakeLocked() {
        received.signalAll();
        outbox.wakeLocked();
    }
}
