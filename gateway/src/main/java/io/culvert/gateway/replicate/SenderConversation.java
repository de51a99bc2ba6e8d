package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.session.SenderEffect;
import io.culvert.proto.session.SenderSession;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is said with a peer in one replication session: runs a {@link SenderSession} over its channel.
 *
 * <p>Three threads meet here: one asks questions and commits, one of its own takes the answers, one sends what is
 * missing. One lock guards the session and the queues between them; messages are sent outside of it. The first failure
 * ends all three; each next call then throws it.
 */
final class SenderConversation implements AutoCloseable {

    /** A leaf of which every entry is as it was, and the chunks that it names. */
    record Unchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named) {}

    /** What was asked, for the answer to be told apart by. */
    private sealed interface Asked {
        record Chunks(long first, List<ChunkOffer> offers) implements Asked {}

        record Leaves(long first, List<Unchanged> leaves) implements Asked {}
    }

    /** What the sending thread is to do next. */
    sealed interface Next {
        /** Send this missing chunk. */
        record Chunk(long ordinal, ChunkOffer offer) implements Next {}

        /** Nothing came for a while, or nothing more will: send the segment begun. */
        record Flush() implements Next {}

        record End() implements Next {}
    }

    private final String peer;
    private final Channel channel;
    private final Progress progress;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SenderSession session = new SenderSession();
    private final Deque<Asked> asked = new ArrayDeque<>();
    private final Deque<Next.Chunk> needed = new ArrayDeque<>();
    private final Deque<Unchanged> unknown = new ArrayDeque<>();
    private boolean sending;
    private boolean draining;
    private boolean closed;
    private @Nullable String committed;
    private @Nullable IOException failure;
    private @Nullable Thread replies;

    SenderConversation(Channel channel, Progress progress) {
        this.peer = channel.peer();
        this.channel = channel;
        this.progress = progress;
    }

    /**
     * Begins the session and waits until the peer accepts it.
     *
     * @throws RefusedException if it does not
     */
    void begin(Begin begin) throws IOException, InterruptedException {
        perform(session.begin(begin));
        replies = Thread.ofVirtual().name("replies of " + peer).start(this::receiveAll);
        lock.lockInterruptibly();
        try {
            while (session.state() == SenderSession.State.BEGUN) {
                checkLocked();
                changed.await();
            }
            checkLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Asks which of the chunks are missing; those that are, come out of {@link #next}. */
    void askFor(List<ChunkOffer> offers) throws IOException, InterruptedException {
        List<ChunkRef> refs = offers.stream().map(ChunkOffer::ref).toList();
        ask(refs, false, first -> new Asked.Chunks(first, offers));
    }

    /** Asks which of the leaves are not known to be complete; those that are not, come out of {@link #pollUnknown}. */
    void askForClosure(List<Unchanged> leaves) throws IOException, InterruptedException {
        ask(leaves.stream().map(Unchanged::leaf).toList(), true, first -> new Asked.Leaves(first, leaves));
    }

    /** Makes the note of a question from its first number. */
    private interface Note {
        Asked of(long first);
    }

    private void ask(List<ChunkRef> refs, boolean closure, Note note) throws IOException, InterruptedException {
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            while (!session.mayAsk(refs.size())) {
                checkLocked();
                changed.await();
            }
            checkLocked();
            asked.add(note.of(session.nextOrdinal()));
            effect = session.query(refs, closure);
        } finally {
            lock.unlock();
        }
        perform(effect);
    }

    /** A leaf that the peer did not know to be complete, if there is one. */
    @Nullable
    Unchanged pollUnknown() {
        lock.lock();
        try {
            return unknown.poll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for an answer, or until everything asked for is answered and durable.
     *
     * @return whether everything is, and no leaf waits in {@link #pollUnknown}
     */
    boolean awaitSettled() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            checkLocked();
            draining = true;
            changed.signalAll();
            boolean settled = session.isSettled() && needed.isEmpty() && !sending && unknown.isEmpty();
            if (!settled && unknown.isEmpty()) {
                changed.await();
            }
            return settled;
        } finally {
            lock.unlock();
        }
    }

    /** Has the snapshot made visible, once settled; returns its id. */
    String commit(Commit commit) throws IOException, InterruptedException {
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            checkLocked();
            effect = session.commit(commit);
        } finally {
            lock.unlock();
        }
        perform(effect);
        lock.lockInterruptibly();
        try {
            while (committed == null) {
                checkLocked();
                changed.await();
            }
            return committed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the sending thread does next; waits for it.
     *
     * @param begun whether a segment is begun and not sent yet
     * @param idleNanos after so long without a chunk a segment begun is to be sent
     */
    Next next(boolean begun, long idleNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean flush = false;
            while (needed.isEmpty() && !closed && !flush) {
                sending = begun;
                changed.signalAll();
                if (begun) {
                    flush = draining || changed.awaitNanos(idleNanos) <= 0;
                } else {
                    changed.await();
                }
            }
            if (closed) {
                return new Next.End();
            }
            sending = true;
            return needed.isEmpty() ? new Next.Flush() : needed.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Sends a segment when the window has room for it; the payload may be used again when this returns. */
    void segment(List<Long> ordinals, int codec, ByteString payload) throws IOException, InterruptedException {
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            while (!session.maySend(payload.size())) {
                checkLocked();
                changed.await();
            }
            effect = session.segment(ordinals, codec, payload);
        } finally {
            lock.unlock();
        }
        progress.storedBytes.add(payload.size());
        perform(effect);
    }

    private void receiveAll() {
        try {
            for (Optional<Slice> message = channel.receive(); message.isPresent(); message = channel.receive()) {
                Slice bytes = message.get();
                take(ReceiverMessage.parser().parseFrom(bytes.array(), bytes.offset(), bytes.length()));
                channel.recycle(bytes);
            }
            fail(new IOException(peer + " ended the session"));
        } catch (InvalidProtocolBufferException e) {
            fail(new RefusedException(peer, Refused.Code.PROTOCOL, "its message cannot be read: " + e.getMessage()));
        } catch (SessionException e) {
            fail(new RefusedException(peer, e.code(), e.reason()));
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new IOException("the session was ended here", e));
        }
    }

    private void take(ReceiverMessage message) throws SessionException {
        lock.lock();
        try {
            switch (session.receive(message)) {
                case SenderEffect.Accepted accepted -> {}
                case SenderEffect.Resolved resolved -> resolve(resolved);
                case SenderEffect.Acknowledged acknowledged -> progress.acknowledgedBytes.add(acknowledged.bytes());
                case SenderEffect.Committed done -> committed = done.snapshotId();
                case SenderEffect.Send send -> throw new IllegalStateException("a reply sends nothing");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void resolve(SenderEffect.Resolved resolved) {
        switch (asked.remove()) {
            case Asked.Chunks chunks -> {
                for (int i = 0; i < resolved.count(); i++) {
                    ChunkOffer offer = chunks.offers().get(i);
                    if (resolved.missing().get(i)) {
                        progress.newChunks.increment();
                        progress.newBytes.add(offer.ref().lengthBytes());
                        needed.add(new Next.Chunk(chunks.first() + i, offer));
                    } else {
                        offer.letGo();
                    }
                }
            }
            case Asked.Leaves leaves -> {
                for (int i = 0; i < resolved.count(); i++) {
                    Unchanged leaf = leaves.leaves().get(i);
                    if (resolved.missing().get(i)) {
                        unknown.add(leaf);
                    } else {
                        progress.chunks.add(1L + leaf.named().size());
                    }
                }
            }
        }
    }

    private void perform(SenderEffect effect) throws IOException, InterruptedException {
        if (effect instanceof SenderEffect.Send send) {
            try {
                Payloads.send(channel, send.message());
            } catch (IOException e) {
                check();
                throw e;
            }
        }
    }

    /** Ends the session with a cause, unless it has one. */
    void fail(IOException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Throws what ended the session, if anything did. */
    void check() throws IOException {
        lock.lock();
        try {
            checkLocked();
        } finally {
            lock.unlock();
        }
    }

    private void checkLocked() throws IOException {
        if (failure != null && committed == null) {
            throw failure;
        }
    }

    /** Ends the channel: quietly after a commit, by a reset before. */
    @Override
    public void close() {
        boolean complete;
        lock.lock();
        try {
            complete = committed != null;
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (complete) {
            channel.close();
        } else {
            channel.reset(ResetCode.CANCELLED, "the attempt ended");
        }
        Thread running = replies;
        if (running != null) {
            running.interrupt();
        }
    }
}
