package io.culvert.proto.session;

import io.culvert.dedupe.chunk.ChunkRef;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A pool in memory with a disk that forgets: what was appended is visible at once, and survives a crash for certain only
 * if it was forced; of the rest a random part survives.
 */
final class ModelPool {

    /** A visible snapshot. */
    record Published(String id, String attempt, long fence, ChunkRef root) {}

    /** The file of a snapshot that is not in its place yet. */
    record Unfinished(String attempt, Published snapshot) {}

    private record Appended(String attempt, List<ChunkRef> chunks) {}

    private final Mutation mutation;
    private final List<Appended> durable = new ArrayList<>();
    private final List<Appended> unforced = new ArrayList<>();
    private final Map<ChunkRef, Integer> durableCopies = new HashMap<>();
    private final Map<ChunkRef, Integer> unforcedCopies = new HashMap<>();
    private final List<Published> published = new ArrayList<>();
    private final Set<Unfinished> unfinished = new HashSet<>();
    private long fence;
    private long losses;

    ModelPool(Mutation mutation) {
        this.mutation = mutation;
    }

    boolean isDurable(ChunkRef ref) {
        return durableCopies.containsKey(ref);
    }

    boolean contains(ChunkRef ref) {
        return durableCopies.containsKey(ref) || unforcedCopies.containsKey(ref);
    }

    BitSet missing(List<ChunkRef> refs) {
        BitSet missing = new BitSet();
        for (int i = 0; i < refs.size(); i++) {
            missing.set(i, mutation == Mutation.FORGETS_WHAT_IT_HAS || !contains(refs.get(i)));
        }
        return missing;
    }

    void append(String attempt, List<ChunkRef> chunks) {
        unforced.add(new Appended(attempt, chunks));
        count(unforcedCopies, chunks, 1);
    }

    void force() {
        for (Appended appended : unforced) {
            durable.add(appended);
            count(durableCopies, appended.chunks(), 1);
        }
        unforced.clear();
        unforcedCopies.clear();
    }

    private static void count(Map<ChunkRef, Integer> copies, List<ChunkRef> chunks, int by) {
        for (ChunkRef ref : chunks) {
            copies.merge(ref, by, (old, more) -> old + more == 0 ? null : old + more);
        }
    }

    /** Lets an owner with this fence write, durably; false if a higher one was seen. */
    boolean advance(long by) {
        if (by < fence) {
            return false;
        }
        fence = by;
        return true;
    }

    /** Writes the file of a snapshot, not yet in its place. */
    Unfinished begin(Published snapshot) {
        Unfinished begun = new Unfinished(snapshot.attempt(), snapshot);
        unfinished.add(begun);
        return begun;
    }

    /** Puts the file in its place; durable. False if it is gone. */
    boolean publish(Unfinished begun) {
        if (!unfinished.remove(begun)) {
            return false;
        }
        if (mutation != Mutation.PUBLISHES_BEFORE_FORCE) {
            force();
        }
        published.add(begun.snapshot());
        return true;
    }

    List<Published> published() {
        return List.copyOf(published);
    }

    Collection<Unfinished> unfinished() {
        return Set.copyOf(unfinished);
    }

    /** The attempt ended without a snapshot: what it left unfinished goes. */
    void abort(String attempt) {
        unfinished.removeIf(begun -> mutation == Mutation.REMOVES_OTHERS_PUBLICATION
                || begun.attempt().equals(attempt));
        if (mutation == Mutation.REMOVES_WHAT_OTHERS_NEED) {
            durable.stream()
                    .filter(appended -> appended.attempt().equals(attempt))
                    .forEach(appended -> count(durableCopies, appended.chunks(), -1));
            durable.removeIf(appended -> appended.attempt().equals(attempt));
            losses++;
        }
    }

    /** The process is killed, or the power fails. */
    void crash(RandomGenerator random) {
        boolean power = random.nextBoolean();
        List<Appended> survivors = new ArrayList<>();
        for (Appended appended : unforced) {
            if (!power || random.nextBoolean()) {
                survivors.add(appended);
            }
        }
        unforced.clear();
        unforcedCopies.clear();
        for (Appended appended : survivors) {
            durable.add(appended);
            count(durableCopies, appended.chunks(), 1);
        }
        unfinished.clear();
        losses++;
    }

    /** Counts the steps in which something may have been lost. */
    long losses() {
        return losses;
    }
}
