package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Effect;
import io.culvert.proto.channel.Mux;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.ArrayDeque;
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
    private final Condition sent;
    private final ArrayDeque<Effect.Delivered> inbox = new ArrayDeque<>();
    private final ArrayDeque<Effect.Delivered> urgentInbox = new ArrayDeque<>();
    private long writtenTicket;
    private long writtenUrgentTicket;
    private int sending;
    private boolean finishedByPeer;
    private boolean finishedHere;
    private @Nullable End end;

    LinkChannel(Link link, long id, ChannelKind kind) {
        this.link = link;
        this.id = id;
        this.kind = kind;
        this.lock = link.lock;
        this.received = lock.newCondition();
        this.sent = lock.newCondition();
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
        send(message, Slice.empty(), false);
    }

    @Override
    public void send(Slice head, Slice body) throws StreamException, InterruptedException {
        send(head, body, false);
    }

    @Override
    public void sendUrgent(Slice message) throws StreamException, InterruptedException {
        send(message, Slice.empty(), true);
    }

    private void send(Slice head, Slice body, boolean urgent) throws StreamException, InterruptedException {
        lock.lock();
        sending++;
        try {
            Mux mux = link.muxLocked();
            checkSendable();
            while (!mux.hasRoom(id, urgent)) {
                sent.await();
                checkSendable();
            }
            long ticket = urgent ? mux.send(id, head, true) : mux.send(id, head, body);
            link.pumpLocked(() -> isWritten(ticket, urgent));
            while (!isWritten(ticket, urgent)) {
                checkAlive();
                sent.await();
            }
        } catch (InterruptedException e) {
            resetLocked(ResetCode.CANCELLED, "a send was interrupted", false);
            throw e;
        } finally {
            link.awaitNotWritingLocked(id);
            sending--;
            forgetIfOverLocked();
            lock.unlock();
        }
    }

    private boolean isWritten(long ticket, boolean urgent) {
        return (urgent ? writtenUrgentTicket : writtenTicket) >= ticket;
    }

    private void checkSendable() throws StreamException {
        checkAlive();
        if (finishedHere) {
            throw new IllegalStateException("channel " + id + " was finished");
        }
    }

    private void checkAlive() throws StreamException {
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
            return Optional.ofNullable(pollLocked()).map(Taken::new);
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
        End ended = end;
        boolean wanted = ended == null || finishedByPeer && ended.byPeer;
        boolean something = !inbox.isEmpty() || !urgentInbox.isEmpty() || finishedByPeer;
        if (wanted && something) {
            return true;
        }
        checkAlive();
        return false;
    }

    private Optional<Slice> takeLocked() {
        Effect.Delivered next = pollLocked();
        if (next == null) {
            return Optional.empty();
        }
        consumedLocked(next);
        return Optional.of(next.message());
    }

    private Effect.@Nullable Delivered pollLocked() {
        return urgentInbox.isEmpty() ? inbox.pollFirst() : urgentInbox.pollFirst();
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

    private void forgetIfOverLocked() {
        if (finishedHere && finishedByPeer && sending == 0) {
            link.forgetLocked(this);
        }
    }

    // ---- what the link calls

    void deliveredLocked(Effect.Delivered delivered) {
        (delivered.urgent() ? urgentInbox : inbox).addLast(delivered);
        received.signal();
    }

    void finishedLocked() {
        finishedByPeer = true;
        received.signalAll();
        forgetIfOverLocked();
    }

    void writtenLocked(long ticket, boolean urgent) {
        if (urgent) {
            writtenUrgentTicket = ticket;
        } else {
            writtenTicket = ticket;
        }
        sent.signalAll();
    }

    /** Everybody who waits looks again. */
    void wakeLocked() {
        received.signalAll();
        sent.signalAll();
    }
}
