package io.culvert.dedupe.pool;

import java.util.List;

/** What the catalogue answers when asked for a snapshot by its id or by the beginning of it. */
public sealed interface SnapshotLookup {

    record Found(Snapshot snapshot) implements SnapshotLookup {}

    /** No file begins so. */
    record Missing(String asked) implements SnapshotLookup {}

    /** Several do; the first few of them. */
    record Ambiguous(String asked, List<String> ids) implements SnapshotLookup {
        public Ambiguous {
            ids = List.copyOf(ids);
        }
    }

    /** The one that does is damaged. */
    record Damaged(DamagedSnapshot damaged) implements SnapshotLookup {}
}
