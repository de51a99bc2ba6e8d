package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SenderEffect;
import io.culvert.proto.session.SenderSession;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.ReceiverMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool at a peer: runs one {@link SenderSession} over one channel.
 *
 * <p>Three threads: the caller asks which chunks are missing, in batches and ahead of the answers; a virtual thread takes
 * the answers; a platform thread packs, compresses and sends what is missing. One lock guards the session and the
 * queues between them; sending happens outside of it.
 */
final class PeerTarget implements SnapshotTarget {

    /** Chunks in one question: few enough that small files do not wait, many enough that headers do not count. */
    private static final int QUESTION = 256;

    /** Leaves in one question for closure. */
    private static final int CLOSURE_QUESTION = 64;

    /** A segment that is not full is sent when the source has brought nothing for so long. */
    private static final Duration IDLE = Duration.ofMillis(100);

    private record Unchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named) {}

    private sealed interface Asked {
        record Chunks(long first, List<ChunkOffer> offers) implements Asked {}

        record Leaves(long first, List<Unchanged> leaves) implements Asked {}
    }

    private record Needed(long ordinal, ChunkOffer offer) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SenderSession session = new SenderSession();
    private final Deque<Asked> asked = new ArrayDeque<>();
    private final Deque<Needed> needed = new ArrayDeque<>();
    private final Deque<Unchanged> unknown = new ArrayDeque<>();
    private boolean packing;
    private boolean draining;
    private boolean closed;
    private @Nullable String committed;
    private @Nullable IOException failure;

    private final String peer;
    private final Channel channel;
    private final BlockPool blocks;
    private final Progress progress;
    private final SegmentPacker packer;
    private final List<Thread> threads = new ArrayList<>();
    private final RecentChunks recent = new RecentChunks();
    private List<ChunkOffer> question = new ArrayList<>();
    private List<Unchanged> closureQuestion = new ArrayList<>();

    PeerTarget(Channel channel, BlockPool blocks, SegmentEncoder encoder, Progress progress) {
        this.peer = channel.peer();
        this.channel = channel;
        this.blocks = blocks;
        this.progress = progress;
        this.packer = new SegmentPacker(encoder, SessionLimits.MAX_REFS, this::sendSegment);
    }

    /**
     * Begins the session and waits until the peer accepts it.
     *
     * @throws RefusedException if it does not
     */
    void begin(Begin begin) throws IOException, InterruptedException {
        perform(session.begin(begin));
        threads.add(Thread.ofVirtual().name("replies of " + peer).start(this::receiveAll));
        threads.add(Thread.ofPlatform().daemon().name("pack for " + peer).start(this::packAll));
        lock.lockInterruptibly();
        try {
            while (session.state() == SenderSession.State.BEGUN) {
                check();
                changed.await();
            }
            check();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public BlockPool.Block block() throws IOException, InterruptedException {
        BlockPool.Block block = blocks.poll();
        while (block == null) {
            ask();
            askUnknown();
            check();
            block = blocks.take(IDLE);
        }
        return block;
    }

    @Override
    public void offer(ChunkOffer chunk) throws IOException, InterruptedException {
        progress.chunks.increment();
        if (!recent.add(chunk.ref().fingerprint())) {
            chunk.letGo();
            return;
        }
        question.add(chunk);
        if (question.size() == QUESTION) {
            ask();
        }
    }

    @Override
    public void offerUnchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named)
            throws IOException, InterruptedException {
        closureQuestion.add(new Unchanged(leaf, Slice.of(bytes.toArray()), List.copyOf(named)));
        if (closureQuestion.size() == CLOSURE_QUESTION) {
            askClosure();
        }
        askUnknown();
    }

    private void ask() throws IOException, InterruptedException {
        if (!question.isEmpty()) {
            List<ChunkOffer> offers = question;
            question = new ArrayList<>(QUESTION);
            List<ChunkRef> refs = new ArrayList<>(offers.size());
            offers.forEach(offer -> refs.add(offer.ref()));
            query(refs, false, first -> new Asked.Chunks(first, offers));
        }
    }

    private void askClosure() throws IOException, InterruptedException {
        if (!closureQuestion.isEmpty()) {
            List<Unchanged> leaves = closureQuestion;
            closureQuestion = new ArrayList<>(CLOSURE_QUESTION);
            query(leaves.stream().map(Unchanged::leaf).toList(), true, first -> new Asked.Leaves(first, leaves));
        }
    }

    /** Asks chunk by chunk for what leaves name that the peer did not know whole. */
    private void askUnknown() throws IOException, InterruptedException {
        for (Unchanged leaf = pollUnknown(); leaf != null; leaf = pollUnknown()) {
            for (ChunkOffer.Known known : leaf.named()) {
                offer(known);
            }
            offer(new ChunkOffer.Owned(leaf.leaf(), leaf.bytes()));
        }
    }

    private @Nullable Unchanged pollUnknown() {
        lock.lock();
        try {
            return unknown.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Makes the note of a question from its first number. */
    private interface Note {
        Asked of(long first);
    }

    private void query(List<ChunkRef> refs, boolean closure, Note note) throws IOException, InterruptedException {
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            while (!session.mayAsk(refs.size())) {
                check();
                changed.await();
            }
            check();
            asked.add(note.of(session.nextOrdinal()));
            effect = session.query(refs, closure);
        } finally {
            lock.unlock();
        }
        perform(effect);
    }

    @Override
    public String commit(ManifestRoot root, Instant created, String label) throws IOException, InterruptedException {
        settle();
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            effect = session.commit(Commit.newBuilder()
                    .setRoot(Refs.pack(List.of(root.node())))
                    .setLevel(root.level())
                    .setEntries(root.entries())
                    .setSourceBytes(root.sourceBytes())
                    .setCreatedMillis(created.toEpochMilli())
                    .setLabel(label)
                    .build());
        } finally {
            lock.unlock();
        }
        perform(effect);
        lock.lockInterruptibly();
        try {
            while (committed == null) {
                check();
                changed.await();
            }
            return committed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every question is answered and every missing chunk is durable. */
    private void settle() throws IOException, InterruptedException {
        while (true) {
            askClosure();
            askUnknown();
            ask();
            lock.lockInterruptibly();
            try {
                check();
                draining = true;
                changed.signalAll();
                if (session.isSettled() && needed.isEmpty() && !packing && unknown.isEmpty()) {
                    return;
                }
                if (unknown.isEmpty()) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void receiveAll() {
        try {
            for (Optional<Slice> message = channel.receive(); message.isPresent(); message = channel.receive()) {
                Slice bytes = message.get();
                ReceiverMessage received =
                        ReceiverMessage.parser().parseFrom(bytes.array(), bytes.offset(), bytes.length());
                take(received);
            }
            fail(new IOException(peer + " ended the session"));
        } catch (InvalidProtocolBufferException e) {
            fail(new RefusedException(
                    peer, io.culvert.proto.v1.Refused.Code.PROTOCOL, "its message cannot be read: " + e.getMessage()));
        } catch (SessionException e) {
            fail(new RefusedException(peer, e.code(), e.reason()));
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new IOException("interrupted", e));
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
                        needed.add(new Needed(chunks.first() + i, offer));
                    } else {
                        offer.letGo();
                    }
                }
            }
            case Asked.Leaves leaves -> {
                for (int i = 0; i < resolved.count(); i++) {
                    if (resolved.missing().get(i)) {
                        unknown.add(leaves.leaves().get(i));
                    } else {
                        progress.chunks.add(1L + leaves.leaves().get(i).named().size());
                    }
                }
            }
        }
    }

    private void packAll() {
        try {
            for (Optional<Needed> next = next(); next.isPresent(); next = next()) {
                packer.add(next.get().ordinal(), next.get().offer());
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new IOException("interrupted", e));
        } finally {
            packer.close();
        }
    }

    /** The next missing chunk; flushes the segment begun while there is none. Empty at the end. */
    private Optional<Needed> next() throws IOException, InterruptedException {
        while (true) {
            boolean flush = false;
            lock.lockInterruptibly();
            try {
                while (needed.isEmpty() && !closed && !flush) {
                    packing = !packer.isEmpty();
                    changed.signalAll();
                    if (packer.isEmpty()) {
                        changed.await();
                    } else {
                        flush = draining || !changed.await(IDLE.toNanos(), TimeUnit.NANOSECONDS);
                    }
                }
                if (closed) {
                    return Optional.empty();
                }
                packing = true;
                if (!needed.isEmpty()) {
                    return Optional.of(needed.remove());
                }
            } finally {
                lock.unlock();
            }
            packer.flush();
        }
    }

    private void sendSegment(List<SegmentPacker.Packed> chunks, Segment segment)
            throws IOException, InterruptedException {
        Slice payload = segment.payload();
        ByteString copy = ByteString.copyFrom(payload.array(), payload.offset(), payload.length());
        SenderEffect effect;
        lock.lockInterruptibly();
        try {
            while (!session.maySend(copy.size())) {
                check();
                changed.await();
            }
            effect = session.segment(
                    chunks.stream().map(SegmentPacker.Packed::ordinal).toList(),
                    segment.codec().id(),
                    copy);
        } finally {
            lock.unlock();
        }
        progress.storedBytes.add(copy.size());
        perform(effect);
    }

    private void perform(SenderEffect effect) throws IOException, InterruptedException {
        if (effect instanceof SenderEffect.Send send) {
            try {
                channel.send(Slice.of(send.message().toByteArray()));
            } catch (StreamException e) {
                check();
                throw e;
            }
        }
    }

    private void fail(IOException cause) {
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
    private void check() throws IOException {
        lock.lock();
        try {
            if (failure != null && committed == null) {
                throw failure;
            }
        } finally {
            lock.unlock();
        }
    }

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
        for (Thread thread : threads) {
            thread.interrupt();
        }
    }
}
