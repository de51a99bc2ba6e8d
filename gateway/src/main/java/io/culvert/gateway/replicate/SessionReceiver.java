package io.culvert.gateway.replicate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Fence;
import io.culvert.dedupe.pool.FencedException;
import io.culvert.dedupe.pool.NotOwnerException;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolFullException;
import io.culvert.dedupe.pool.PoolWriter;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.session.ReceiverEffect;
import io.culvert.proto.session.ReceiverSession;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SenderMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one replication session: checks the right to write, answers what is missing, stores what comes, and makes the
 * snapshot visible when it is complete.
 *
 * <p>The channel's thread takes the messages and looks chunks up; {@link SegmentStore} verifies, appends and forces
 * behind it. Nothing is acknowledged before it is verified and forced (rule 2), and the snapshot file is written only
 * with a proof that every chunk is there (rule 3).
 */
public final class SessionReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(SessionReceiver.class);

    /** How long a refused sender may take to end the channel. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Channel channel;
    private final ReplicationAccess access;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    /** Held while something is said; taken before {@link #lock}. Keeps a refusal whole and before the end of the channel. */
    private final ReentrantLock speaking = new ReentrantLock();

    private boolean finished;
    private final ReceiverSession session = new ReceiverSession();
    private @Nullable Begin begin;
    private @Nullable Pool pool;
    private @Nullable Closure closure;
    private @Nullable SegmentStore store;

    public SessionReceiver(Channel channel, ReplicationAccess access, InstantSource clock, RandomGenerator random) {
        this.channel = channel;
        this.access = access;
        this.clock = clock;
        this.random = random;
    }

    /** Serves until the session is done, refused, or the channel ends, and the disk has what was taken in hand. */
    public void run() throws InterruptedException, StreamException {
        try {
            Optional<Refusal> refusal = served();
            if (refusal.isPresent()) {
                log(refusal.get());
                refuse(refusal.get().code(), refusal.get().reason());
                finish();
                drain();
            } else {
                finish();
            }
        } finally {
            SegmentStore running = store;
            if (running != null) {
                running.close();
                channel.close(); // a thread of the store that says something waits no longer
                running.awaitEnd();
            }
        }
    }

    private record Refusal(Refused.Code code, @Nullable String reason) {}

    private void log(Refusal refusal) {
        lock.lock();
        try {
            if (session.state() == ReceiverSession.State.REFUSED) {
                return; // the store refused and said why; what came behind is no news
            }
        } finally {
            lock.unlock();
        }
        Begin by = begin;
        LOG.atWarn()
                .addKeyValue("peer", channel.peer())
                .addKeyValue("job", by == null ? "" : by.getJob())
                .addKeyValue("code", refusal.code())
                .log("a replication session was refused: {}", refusal.reason());
    }

    /** Serves, and says why the session has to be refused if it has. */
    private Optional<Refusal> served() throws InterruptedException, StreamException {
        try {
            serve();
            return Optional.empty();
        } catch (SessionException e) {
            return Optional.of(new Refusal(e.code(), e.reason()));
        } catch (InvalidProtocolBufferException e) {
            return Optional.of(new Refusal(Refused.Code.PROTOCOL, "a message that cannot be read: " + e.getMessage()));
        } catch (FencedException e) {
            return Optional.of(new Refusal(Refused.Code.FENCED, e.getMessage()));
        } catch (NotOwnerException e) {
            return Optional.of(new Refusal(Refused.Code.UNAVAILABLE, e.getMessage()));
        } catch (PoolFullException e) {
            return Optional.of(new Refusal(Refused.Code.POOL_FULL, e.getMessage()));
        } catch (CorruptChunkException e) {
            return Optional.of(new Refusal(Refused.Code.CORRUPT, e.getMessage()));
        } catch (Closure.IncompleteException e) {
            return Optional.of(new Refusal(Refused.Code.INCOMPLETE, e.getMessage()));
        } catch (StreamException e) {
            throw e;
        } catch (IOException e) {
            LOG.atError().setCause(e).addKeyValue("peer", channel.peer()).log("a pool failed while receiving");
            return Optional.of(new Refusal(Refused.Code.UNAVAILABLE, "the pool failed: " + e.getMessage()));
        }
    }

    /** Reads on until the sender, told of the refusal, ends the channel, so that the refusal is not lost to a reset. */
    private void drain() throws InterruptedException {
        try {
            while (channel.receive(DRAIN).isPresent()) {
                LOG.atDebug().addKeyValue("peer", channel.peer()).log("a message after the refusal");
            }
        } catch (StreamException | TimeoutException e) {
            LOG.atDebug().addKeyValue("peer", channel.peer()).log("the refused session ended: {}", e.getMessage());
        }
    }

    private void serve() throws IOException, InterruptedException, SessionException {
        for (var next = channel.take(); next.isPresent(); next = channel.take()) {
            Channel.Received received = next.get();
            Slice bytes = received.bytes();
            SenderMessage message = Payloads.parse(SenderMessage.parser(), bytes);
            ReceiverEffect effect;
            lock.lock();
            try {
                effect = session.receive(message);
            } finally {
                lock.unlock();
            }
            if (!(effect instanceof ReceiverEffect.Store)) {
                received.consumed();
            }
            switch (effect) {
                case ReceiverEffect.Check check -> check(check.begin());
                case ReceiverEffect.Lookup lookup -> {
                    channel.recycle(bytes);
                    lookUp(lookup);
                }
                case ReceiverEffect.Store segment ->
                    storeOf().add(segment, () -> {
                        received.consumed();
                        channel.recycle(bytes);
                    });
                case ReceiverEffect.Publish publish -> publish(publish.commit());
                case ReceiverEffect.Send send -> perform(send);
            }
        }
    }

    private void check(Begin asked) throws IOException, InterruptedException, SessionException {
        String origin = origin(asked);
        Optional<String> refusal = access.refusalToWrite(channel.peer(), asked.getPool());
        if (refusal.isPresent()) {
            throw new SessionException(Refused.Code.NOT_GRANTED, refusal.get());
        }
        Pool chosen = access.pool(asked.getPool())
                .orElseThrow(() -> new SessionException(
                        access.isMoving(asked.getPool()) ? Refused.Code.UNAVAILABLE : Refused.Code.UNKNOWN_POOL,
                        access.absence(asked.getPool())));
        chosen.fences().advance(channel.peer(), asked.getDataset(), fence(asked));
        PoolWriter writer = chosen.writer();
        Closure known = new Closure(chosen);
        Optional<Snapshot> newest = newest(chosen, asked);
        if (newest.isPresent() && chosen.usage().damagedRanges() == 0) {
            known.learn(newest.get()); // with damage about, what a snapshot names may be lost: every chunk is looked up
        }
        begin = asked;
        pool = chosen;
        closure = known;
        store = new SegmentStore(writer, origin, new Acknowledge());
        ReceiverEffect effect;
        lock.lock();
        try {
            effect = session.accept(SessionLimits.WINDOW_BYTES);
        } finally {
            lock.unlock();
        }
        perform(effect);
    }

    private String origin(Begin asked) throws SessionException {
        try {
            return Origin.of(channel.peer(), asked.getAttempt());
        } catch (IllegalArgumentException e) {
            throw new SessionException(Refused.Code.PROTOCOL, String.valueOf(e.getMessage()));
        }
    }

    private static Fence fence(Begin asked) {
        return new Fence(asked.getFenceEpoch(), asked.getFenceRevision());
    }

    private Optional<Snapshot> newest(Pool in, Begin asked) throws IOException {
        return in.snapshots().list().snapshots().stream()
                .filter(s -> s.site().equals(channel.peer()) && s.dataset().equals(asked.getDataset()))
                .max(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::id));
    }

    private void lookUp(ReceiverEffect.Lookup lookup) throws IOException, InterruptedException {
        Pool in = required(pool);
        var missing = lookup.closure() ? required(closure).unknown(lookup.refs()) : in.missing(lookup.refs());
        ReceiverEffect effect;
        lock.lock();
        try {
            if (session.state() == ReceiverSession.State.REFUSED) {
                return; // the store refused meanwhile; the sender is told and resets the channel
            }
            effect = session.lookedUp(missing);
        } finally {
            lock.unlock();
        }
        perform(effect);
    }

    private SegmentStore storeOf() {
        return required(store);
    }

    /** Told by the store what became durable, or why it stopped. */
    private final class Acknowledge implements SegmentStore.Listener {
        @Override
        public void forced(int segments) throws IOException, InterruptedException {
            ReceiverEffect effect;
            lock.lock();
            try {
                if (session.state() == ReceiverSession.State.REFUSED) {
                    return; // nobody listens any more
                }
                effect = session.forced(segments);
            } finally {
                lock.unlock();
            }
            perform(effect);
        }

        @Override
        public void failed(Refused.Code code, String reason) {
            LOG.atWarn()
                    .addKeyValue("peer", channel.peer())
                    .addKeyValue("code", code)
                    .log("a segment was refused: {}", reason);
            try {
                refuse(code, reason);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (StreamException e) {
                LOG.atInfo()
                        .addKeyValue("peer", channel.peer())
                        .log("the refusal could not be sent: {}", e.getMessage());
            }
        }
    }

    private void publish(Commit commit) throws IOException, InterruptedException, SessionException {
        Pool in = required(pool);
        Begin by = required(begin);
        ManifestRoot root = root(commit);
        var proof = in.proveClosure(root.node(), from -> required(closure).check(root));
        in.fences().advance(channel.peer(), by.getDataset(), fence(by));
        Snapshot snapshot = new Snapshot(
                Snapshot.newId(clock, random),
                by.getDataset(),
                channel.peer(),
                by.getKind(),
                Instant.ofEpochMilli(commit.getCreatedMillis()),
                by.getAttempt(),
                fence(by),
                commit.getLabel(),
                root.node(),
                root.level(),
                root.entries(),
                root.sourceBytes(),
                Collections.unmodifiableSortedMap(new TreeMap<>()));
        in.snapshots().publish(snapshot, proof);
        LOG.atInfo()
                .addKeyValue("peer", channel.peer())
                .addKeyValue("job", by.getJob())
                .addKeyValue("attempt", by.getAttempt())
                .addKeyValue("snapshot", snapshot.id())
                .log("snapshot of {} is complete", by.getDataset());
        ReceiverEffect effect;
        lock.lock();
        try {
            effect = session.published(snapshot.id());
        } finally {
            lock.unlock();
        }
        perform(effect);
    }

    private static ManifestRoot root(Commit commit) throws SessionException {
        try {
            ChunkRef node = Refs.unpackOne(commit.getRoot());
            return new ManifestRoot(node, commit.getLevel(), commit.getEntries(), commit.getSourceBytes());
        } catch (IllegalArgumentException e) {
            throw new SessionException(Refused.Code.PROTOCOL, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(Refused.Code code, @Nullable String reason) throws InterruptedException, StreamException {
        speaking.lock();
        try {
            ReceiverEffect effect;
            lock.lock();
            try {
                if (session.state() == ReceiverSession.State.REFUSED) {
                    return; // said already, and wholly, as whoever said it had this lock
                }
                effect = session.refuse(code, String.valueOf(reason));
            } finally {
                lock.unlock();
            }
            perform(effect);
        } finally {
            speaking.unlock();
        }
    }

    /** Says what there is to say; nothing after the end, when a force may still return. */
    private void perform(ReceiverEffect effect) throws InterruptedException, StreamException {
        if (effect instanceof ReceiverEffect.Send send) {
            speaking.lock();
            try {
                if (!finished) {
                    channel.send(Slice.of(send.message().toByteArray()));
                }
            } finally {
                speaking.unlock();
            }
        }
    }

    private void finish() {
        speaking.lock();
        try {
            finished = true;
            channel.finish();
        } finally {
            speaking.unlock();
        }
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return value;
    }

    /** The fingerprints of a list of chunks. */
    static List<Fingerprint> fingerprints(List<ChunkRef> refs) {
        return refs.stream().map(ChunkRef::fingerprint).toList();
    }
}
