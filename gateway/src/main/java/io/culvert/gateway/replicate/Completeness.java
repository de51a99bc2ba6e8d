package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds snapshots of a pool that lack chunks. */
public final class Completeness {

    private Completeness() {}

    /** Which of these snapshots lack a chunk, and which one; chunks are looked up, not read. */
    public static Map<Snapshot, String> incomplete(Pool pool, List<Snapshot> snapshots) throws IOException {
        Map<Snapshot, String> incomplete = new LinkedHashMap<>();
        Closure known = new Closure(pool);
        for (Snapshot snapshot : snapshots) {
            try {
                known.check(Closure.root(snapshot));
                known.learn(snapshot);
            } catch (Closure.IncompleteException | CorruptChunkException e) {
                incomplete.put(snapshot, String.valueOf(e.getMessage()));
            }
        }
        return incomplete;
    }
}
