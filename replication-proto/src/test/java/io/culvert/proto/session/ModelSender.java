package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sending gateway: while it believes that it owns the job, it attempts again and again, each time with a
 * {@link SenderSession} of its own. It remembers leaves of earlier scans, whole or cut off, and asks about those only as
 * a whole.
 */
final class ModelSender {

    /** What a sender needs from its surroundings. */
    interface World {
        /** Connects to the receiver; null while there is no way. */
        @Nullable
        Link connect(Link.End<ReceiverMessage> sender);

        /** The snapshot of an attempt with this fence is visible. */
        void committed(long fence);
    }

    private final String name;
    private final Clockwork clock;
    private final ModelSource source;
    private final Invariants invariants;
    private final Mutation mutation;
    private final long windowBytes;
    private final World world;
    private final Set<ChunkRef> scanned = new HashSet<>();
    private @Nullable Attempt running;
    private long fence;
    private int attempts;
    private int begun;

    ModelSender(
            String name,
            Clockwork clock,
            ModelSource source,
            Invariants invariants,
            Mutation mutation,
            long windowBytes,
            World world) {
        this.name = name;
        this.clock = clock;
        this.source = source;
        this.invariants = invariants;
        this.mutation = mutation;
        this.windowBytes = windowBytes;
        this.world = world;
    }

    int begun() {
        return begun;
    }

    /** The job is this sender's now. */
    void own(long with) {
        fence = with;
        Attempt attempt = running;
        if (attempt == null) {
            clock.at(clock.soon(30), this::attempt);
        } else {
            attempt.end();
        }
    }

    /** The sender learns that the job is another's. */
    void disown() {
        fence = 0;
        Attempt attempt = running;
        if (attempt != null) {
            attempt.end();
        }
    }

    /** Killed at this moment; the job is claimed anew when it is back. */
    void crash(Runnable back) {
        clock.note(() -> name + " crashes");
        fence = 0;
        Attempt attempt = running;
        if (attempt != null) {
            attempt.end();
        }
        if (clock.oneIn(4)) {
            scanned.clear();
        }
        clock.at(clock.soon(300), back);
    }

    private void attempt() {
        if (fence == 0 || running != null) {
            return;
        }
        if (clock.oneIn(2)) {
            source.change();
        }
        Attempt attempt = new Attempt(name + "." + ++attempts, source.scan());
        Link link = world.connect(attempt);
        if (link == null) {
            clock.at(clock.soon(100), this::attempt);
        } else {
            running = attempt;
            begun++;
            attempt.begin(link);
        }
    }

    private record Question(boolean closure, List<ChunkRef> refs) {}

    private record Needed(long ordinal, ChunkRef ref) {}

    private final class Attempt implements Link.End<ReceiverMessage> {
        private final SenderSession machine = new SenderSession();
        private final Deque<ChunkRef> leavesToAsk = new ArrayDeque<>();
        private final Deque<ChunkRef> chunksToAsk = new ArrayDeque<>();
        private final Deque<Question> asked = new ArrayDeque<>();
        private final Deque<Needed> needed = new ArrayDeque<>();
        private final Set<ChunkRef> recent = new HashSet<>();
        private final String id;
        private final ModelSource.Scan scan;
        private final long with = fence;
        private @Nullable Link link;
        private boolean pumping;

        Attempt(String id, ModelSource.Scan scan) {
            this.id = id;
            this.scan = scan;
        }

        void begin(Link over) {
            link = over;
            for (ChunkRef leaf : scan.leaves()) {
                if (scanned.contains(leaf)) {
                    leavesToAsk.add(leaf);
                } else {
                    offerLeaf(leaf);
                }
            }
            chunksToAsk.add(scan.root());
            clock.note(() -> id + " begins with fence " + with + " and root " + scan.root());
            invariants.began(id, windowBytes);
            perform(machine.begin(Begin.newBuilder()
                    .setJob("job")
                    .setDataset("dataset")
                    .setPool("pool")
                    .setAttempt(id)
                    .setKind("tree")
                    .setFenceRevision(with)
                    .build()));
        }

        private void offerLeaf(ChunkRef leaf) {
            source.named(leaf).forEach(this::offer);
            offer(leaf);
        }

        /** Asks for a chunk once, or, when it has been forgotten in between, twice. */
        private void offer(ChunkRef ref) {
            if (recent.add(ref) || clock.oneIn(20)) {
                chunksToAsk.add(ref);
            }
        }

        private void perform(SenderEffect effect) {
            if (effect instanceof SenderEffect.Send send && link != null) {
                link.send(send.message());
            }
        }

        @Override
        public void arrived(ReceiverMessage message) {
            if (running != this) {
                return;
            }
            try {
                take(machine.receive(message));
            } catch (SessionException e) {
                if (e.code() != Refused.Code.FENCED) {
                    throw new IllegalStateException("an honest receiver refuses: " + e.code() + " " + e.reason(), e);
                }
                if (fence == with) {
                    fence = 0;
                }
                end();
            }
        }

        private void take(SenderEffect effect) {
            switch (effect) {
                case SenderEffect.Resolved resolved -> resolve(resolved);
                case SenderEffect.Committed committed -> {
                    clock.note(() -> id + " is told of " + committed.snapshotId());
                    invariants.committed(committed.snapshotId(), scan.root());
                    scanned.clear();
                    scanned.addAll(scan.leaves());
                    running = null;
                    world.committed(with);
                    return;
                }
                case SenderEffect.Accepted accepted -> {}
                case SenderEffect.Acknowledged acknowledged -> {}
                case SenderEffect.Send send -> throw new IllegalStateException("a reply sends nothing");
            }
            pumpSoon();
        }

        private void resolve(SenderEffect.Resolved resolved) {
            Question question = asked.remove();
            for (int i = 0; i < resolved.count(); i++) {
                if (resolved.missing().get(i)) {
                    ChunkRef ref = question.refs().get(i);
                    if (question.closure()) {
                        offerLeaf(ref);
                    } else {
                        needed.add(new Needed(resolved.first() + i, ref));
                    }
                }
            }
        }

        private void pumpSoon() {
            if (!pumping) {
                pumping = true;
                clock.at(clock.soon(6), () -> {
                    pumping = false;
                    if (running == this && machine.state() == SenderSession.State.OPEN) {
                        pump();
                    }
                });
            }
        }

        private void pump() {
            boolean moved = ask(leavesToAsk, true) | ask(chunksToAsk, false) | send();
            boolean idle = leavesToAsk.isEmpty() && chunksToAsk.isEmpty() && needed.isEmpty();
            if (idle && machine.isSettled()) {
                perform(machine.commit(Commit.newBuilder()
                        .setRoot(Refs.pack(List.of(scan.root())))
                        .build()));
            } else if (moved) {
                pumpSoon();
            }
        }

        private boolean ask(Deque<ChunkRef> from, boolean closure) {
            int count = Math.min(from.size(), 1 + clock.random().nextInt(8));
            if (count == 0 || !machine.mayAsk(count)) {
                return false;
            }
            List<ChunkRef> refs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                refs.add(from.remove());
            }
            if (closure && clock.oneIn(3)) {
                scanned.addAll(refs);
            } else if (!closure) {
                remember(refs);
            }
            asked.add(new Question(closure, refs));
            perform(machine.query(refs, closure));
            return true;
        }

        /** A scan that will have been cut off is remembered as far as it went. */
        private void remember(List<ChunkRef> refs) {
            refs.stream().filter(scan.leaves()::contains).forEach(scanned::add);
        }

        private boolean send() {
            int count = Math.min(needed.size(), 1 + clock.random().nextInt(5));
            if (count == 0) {
                return false;
            }
            List<Needed> chunks = needed.stream().limit(count).toList();
            List<ChunkRef> refs = chunks.stream().map(Needed::ref).toList();
            ByteString payload = ModelPayload.of(refs, clock.random().nextInt(clock.oneIn(20) ? 3000 : 200));
            boolean may = machine.maySend(payload.size());
            if (!may && mutation != Mutation.HEEDS_NO_WINDOW) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                needed.remove();
            }
            clock.note(() -> id + " sends " + refs + " in " + payload.size() + " bytes");
            invariants.sent(id, refs, payload.size());
            List<Long> ordinals = chunks.stream().map(Needed::ordinal).toList();
            perform(may ? machine.segment(ordinals, 0, payload) : forbidden(ordinals, payload));
            return true;
        }

        private static SenderEffect forbidden(List<Long> ordinals, ByteString payload) {
            SegmentData.Builder segment = SegmentData.newBuilder().setPayload(payload);
            long before = 0;
            for (long ordinal : ordinals) {
                segment.addOrdinals(ordinal - before);
                before = ordinal;
            }
            return new SenderEffect.Send(
                    SenderMessage.newBuilder().setSegment(segment).build());
        }

        @Override
        public void lost() {
            if (running == this) {
                end();
            }
        }

        void end() {
            clock.note(() -> id + " ends");
            running = null;
            if (link != null) {
                link.cut();
            }
            clock.at(clock.soon(80), ModelSender.this::attempt);
        }
    }
}
