package io.culvert.proto.session;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The receiving gateway: runs a {@link ReceiverSession} for each connection over one {@link ModelPool}, as slowly and in
 * as many orders as real threads could.
 */
final class ModelReceiver {

    private final Clockwork clock;
    private final ModelPool pool;
    private final ModelSource source;
    private final Invariants invariants;
    private final Mutation mutation;
    private final long windowBytes;
    private final List<Session> sessions = new ArrayList<>();
    private boolean up = true;
    private long snapshots;
    private long fencedOff;
    private long closuresKnown;

    ModelReceiver(
            Clockwork clock,
            ModelPool pool,
            ModelSource source,
            Invariants invariants,
            Mutation mutation,
            long windowBytes) {
        this.clock = clock;
        this.pool = pool;
        this.source = source;
        this.invariants = invariants;
        this.mutation = mutation;
        this.windowBytes = windowBytes;
    }

    boolean isUp() {
        return up;
    }

    long fencedOff() {
        return fencedOff;
    }

    long closuresKnown() {
        return closuresKnown;
    }

    /** The end of a new connection. */
    Session connect() {
        Session session = new Session();
        sessions.add(session);
        return session;
    }

    /** Killed at this moment; comes back later. */
    void crash() {
        clock.note(() -> "the receiver crashes");
        up = false;
        for (Session session : sessions) {
            session.alive = false;
            session.link().cut();
        }
        sessions.clear();
        pool.crash(clock.random());
        clock.at(clock.soon(300), () -> {
            clock.note(() -> "the receiver is back");
            up = true;
        });
    }

    /** One session. */
    final class Session implements Link.End<SenderMessage> {
        private final ReceiverSession machine = new ReceiverSession();
        private final Deque<List<ChunkRef>> appended = new ArrayDeque<>();
        private final Set<ChunkRef> known = new HashSet<>();
        private @Nullable Link link;
        private @Nullable Begin begin;
        private boolean alive = true;
        private boolean forcing;
        private long lookedUpAt;
        private long storedAt;
        private long segments;
        private long bytes;
        private final Deque<Integer> sizes = new ArrayDeque<>();

        void joined(Link joined) {
            link = joined;
        }

        private Link link() {
            Link joined = link;
            if (joined == null) {
                throw new IllegalStateException("not joined");
            }
            return joined;
        }

        private Begin begun() {
            Begin by = begin;
            if (by == null) {
                throw new IllegalStateException("not begun");
            }
            return by;
        }

        private void later(long time, Runnable run) {
            clock.at(time, () -> {
                if (alive) {
                    run.run();
                }
            });
        }

        @Override
        public void arrived(SenderMessage message) {
            if (!alive) {
                return;
            }
            try {
                perform(machine.receive(message));
            } catch (SessionException e) {
                throw new IllegalStateException("an honest sender is refused: " + e.reason(), e);
            }
        }

        private void perform(ReceiverEffect effect) {
            switch (effect) {
                case ReceiverEffect.Send send -> link().send(send.message());
                case ReceiverEffect.Check check -> {
                    begin = check.begin();
                    later(clock.soon(20), this::check);
                }
                case ReceiverEffect.Lookup lookup -> {
                    lookedUpAt = Math.max(lookedUpAt, clock.soon(15));
                    later(lookedUpAt, () -> lookUp(lookup));
                }
                case ReceiverEffect.Store store -> {
                    storedAt = Math.max(storedAt, clock.soon(15));
                    later(storedAt, () -> store(store));
                }
                case ReceiverEffect.Publish publish -> later(clock.soon(20), () -> begin(publish.commit()));
            }
        }

        private void check() {
            Begin by = begun();
            if (!pool.advance(by.getFenceRevision())) {
                fenced();
                return;
            }
            invariants.saw(by.getFenceRevision());
            clock.note(() -> "the receiver accepts " + by.getAttempt() + " with fence " + by.getFenceRevision());
            pool.published().stream()
                    .reduce((older, newer) -> newer)
                    .ifPresent(newest -> known.addAll(source.named(newest.root())));
            perform(machine.accept(windowBytes));
        }

        private void fenced() {
            Begin by = begun();
            clock.note(() -> by.getAttempt() + " is refused: its fence " + by.getFenceRevision() + " is lower");
            fencedOff++;
            perform(machine.refuse(Refused.Code.FENCED, "a higher fence was seen"));
            end();
        }

        private void lookUp(ReceiverEffect.Lookup lookup) {
            BitSet missing;
            if (!lookup.closure()) {
                missing = pool.missing(lookup.refs());
            } else {
                missing = new BitSet();
                for (int i = 0; i < lookup.refs().size(); i++) {
                    ChunkRef leaf = lookup.refs().get(i);
                    boolean there =
                            mutation == Mutation.TRUSTS_TORN_CLOSURE ? pool.contains(leaf) : known.contains(leaf);
                    missing.set(i, !there);
                    closuresKnown += there ? 1 : 0;
                }
            }
            clock.note(() -> begun().getAttempt() + " lacks " + missing.cardinality() + " of "
                    + lookup.refs().size() + (lookup.closure() ? " leaves" : " chunks"));
            perform(machine.lookedUp(missing));
        }

        private void store(ReceiverEffect.Store store) {
            ModelPayload.verify(store.refs(), store.payload());
            pool.append(begun().getAttempt(), store.refs());
            appended.add(store.refs());
            sizes.add(store.payload().size());
            if (!forcing) {
                forcing = true;
                later(clock.soon(25), this::force);
            }
        }

        private void force() {
            if (mutation != Mutation.ACKNOWLEDGES_BEFORE_FORCE) {
                pool.force();
            }
            int count = appended.size();
            later(clock.soon(8), () -> acknowledge(count));
        }

        private void acknowledge(int count) {
            List<ChunkRef> refs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                refs.addAll(appended.remove());
                bytes += sizes.remove();
            }
            segments += count;
            ReceiverEffect effect = machine.forced(count);
            clock.note(() -> begun().getAttempt() + " has " + segments + " segments acknowledged: " + refs);
            invariants.acknowledged(begun().getAttempt(), refs, segments, bytes);
            perform(effect);
            forcing = !appended.isEmpty();
            if (forcing) {
                later(clock.soon(25), this::force);
            }
        }

        private void begin(Commit commit) {
            Begin by = begun();
            ChunkRef root = root(commit);
            boolean complete = source.closure(root).stream().allMatch(pool::contains);
            if (!complete && mutation != Mutation.TRUSTS_TORN_CLOSURE) {
                throw new IllegalStateException("the snapshot of " + by.getAttempt() + " is not complete");
            }
            ModelPool.Unfinished begun = pool.begin(
                    new ModelPool.Published("snapshot-" + ++snapshots, by.getAttempt(), by.getFenceRevision(), root));
            later(clock.soon(40), () -> publish(begun));
        }

        private static ChunkRef root(Commit commit) {
            try {
                return Refs.unpackOne(commit.getRoot());
            } catch (SessionException e) {
                throw new IllegalStateException(e);
            }
        }

        private void publish(ModelPool.Unfinished begun) {
            if (mutation != Mutation.FORGETS_FENCE_AT_COMMIT && !pool.advance(begun().getFenceRevision())) {
                fenced();
                return;
            }
            if (!pool.publish(begun)) {
                throw new IllegalStateException("the file of " + begun.snapshot() + " is gone");
            }
            clock.note(() ->
                    begun().getAttempt() + " publishes " + begun.snapshot().id());
            invariants.published(begun.snapshot());
            perform(machine.published(begun.snapshot().id()));
        }

        @Override
        public void lost() {
            if (alive) {
                end();
            }
        }

        private void end() {
            alive = false;
            sessions.remove(this);
            if (begin != null) {
                var before = pool.unfinished();
                pool.abort(begun().getAttempt());
                invariants.aborted(begun().getAttempt(), before, pool.unfinished());
            }
        }
    }
}
