package io.culvert.proto.session;

import io.culvert.dedupe.chunk.ChunkRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of the product, checked against what an onlooker sees who forgets nothing.
 *
 * <p>What is checked at once: each acknowledgement, segment, publication and abort. What was durable is looked at anew
 * after every step in which the pool lost anything.
 */
final class Invariants {

    /** A rule of the product did not hold. */
    static final class BrokenRuleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int rule;

        BrokenRuleException(int rule, String what) {
            super("rule " + rule + ": " + what);
            this.rule = rule;
        }

        int rule() {
            return rule;
        }
    }

    /** What the onlooker knows of an attempt. */
    private static final class Attempt {
        private final long began;
        private final long windowBytes;
        private final List<Integer> sentBytes = new ArrayList<>();
        private long sent;
        private long acknowledgedSegments;
        private long acknowledged;

        Attempt(long began, long windowBytes) {
            this.began = began;
            this.windowBytes = windowBytes;
        }
    }

    private final ModelPool pool;
    private final ModelSource source;
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final Map<ChunkRef, Long> acknowledgedAt = new HashMap<>();
    private final Set<String> published = new HashSet<>();
    private long highestFence;
    private long clock;

    Invariants(ModelPool pool, ModelSource source) {
        this.pool = pool;
        this.source = source;
    }

    void began(String attempt, long windowBytes) {
        attempts.put(attempt, new Attempt(++clock, windowBytes));
    }

    private Attempt attempt(String id) {
        Attempt attempt = attempts.get(id);
        if (attempt == null) {
            throw new IllegalStateException("attempt " + id + " did not begin");
        }
        return attempt;
    }

    /** Rule 2: nothing acknowledged in an earlier attempt is sent again, and what a crash can cost is bounded. */
    void sent(String id, List<ChunkRef> refs, int payloadBytes) {
        Attempt attempt = attempt(id);
        for (ChunkRef ref : refs) {
            if (acknowledgedAt.getOrDefault(ref, Long.MAX_VALUE) < attempt.began) {
                throw new BrokenRuleException(2, ref + " was acknowledged before attempt " + id + ", which sends it");
            }
        }
        attempt.sentBytes.add(payloadBytes);
        attempt.sent += payloadBytes;
        long underWay = attempt.sent - attempt.acknowledged;
        long bound = Math.min(attempt.windowBytes, SessionLimits.WINDOW_BYTES);
        boolean alone = attempt.sentBytes.size() - attempt.acknowledgedSegments == 1;
        if (underWay > bound && !alone) {
            throw new BrokenRuleException(
                    2, underWay + " bytes of attempt " + id + " are under way, more than " + bound);
        }
    }

    /** Rule 2: what is acknowledged is durable. */
    void acknowledged(String id, List<ChunkRef> refs, long segments, long bytes) {
        Attempt attempt = attempt(id);
        for (ChunkRef ref : refs) {
            if (!pool.isDurable(ref)) {
                throw new BrokenRuleException(2, ref + " is acknowledged to attempt " + id + " and not durable");
            }
            acknowledgedAt.putIfAbsent(ref, ++clock);
        }
        long sent = 0;
        for (int i = 0; i < segments; i++) {
            sent += attempt.sentBytes.get(i);
        }
        if (sent != bytes) {
            throw new BrokenRuleException(2, bytes + " bytes are acknowledged of " + sent + " in attempt " + id);
        }
        attempt.acknowledgedSegments = segments;
        attempt.acknowledged = bytes;
    }

    /** The receiver let a session with this fence begin. */
    void saw(long fence) {
        highestFence = Math.max(highestFence, fence);
    }

    /** Rules 3 and 5: what becomes visible is complete, and nobody with a lower fence makes it so. */
    void published(ModelPool.Published snapshot) {
        if (snapshot.fence() < highestFence) {
            throw new BrokenRuleException(
                    5, "fence " + snapshot.fence() + " publishes after fence " + highestFence + " was seen");
        }
        published.add(snapshot.id());
        complete(snapshot);
    }

    private void complete(ModelPool.Published snapshot) {
        for (ChunkRef ref : source.closure(snapshot.root())) {
            if (!pool.isDurable(ref)) {
                throw new BrokenRuleException(3, "snapshot " + snapshot.id() + " names " + ref + ", not durable");
            }
        }
    }

    /** Rule 4: the end of an attempt takes away what it made and nothing else. */
    void aborted(String id, Collection<ModelPool.Unfinished> before, Collection<ModelPool.Unfinished> after) {
        for (ModelPool.Unfinished publication : before) {
            if (!publication.attempt().equals(id) && !after.contains(publication)) {
                throw new BrokenRuleException(
                        4, "the end of attempt " + id + " removed what " + publication.attempt() + " made");
            }
        }
    }

    /** To be called after each step in which the pool lost anything. */
    void afterLoss() {
        for (ChunkRef ref : acknowledgedAt.keySet()) {
            if (!pool.isDurable(ref)) {
                throw new BrokenRuleException(2, ref + " was acknowledged and is lost");
            }
        }
        Set<String> left = new HashSet<>(published);
        for (ModelPool.Published snapshot : pool.published()) {
            left.remove(snapshot.id());
            complete(snapshot);
        }
        if (!left.isEmpty()) {
            throw new BrokenRuleException(3, "the snapshots " + left + " are lost");
        }
    }

    /** Rule 3: what the sender was told is committed is there. */
    void committed(String snapshot, ChunkRef root) {
        if (pool.published().stream()
                .noneMatch(found -> found.id().equals(snapshot) && found.root().equals(root))) {
            throw new BrokenRuleException(3, "snapshot " + snapshot + " was reported and is not there");
        }
    }
}
