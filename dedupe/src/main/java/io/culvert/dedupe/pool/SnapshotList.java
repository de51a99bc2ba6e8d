package io.culvert.dedupe.pool;

import java.util.List;

/** All files of the catalogue: the snapshots, oldest first, and those that are damaged. */
public record SnapshotList(List<Snapshot> snapshots, List<DamagedSnapshot> damaged) {

    public SnapshotList {
        snapshots = List.copyOf(snapshots);
        damaged = List.copyOf(damaged);
    }
}
