package io.culvert.gateway.checkpoint;

import java.time.Instant;

/**
 * A snapshot that is complete at a job's peer.
 *
 * @param created when its source was read; its age is the lag
 */
public record Replica(String snapshotId, Instant created) {
    public Replica {
        Names.require("snapshotId", snapshotId, Checkpoint.MAX_SNAPSHOT_BYTES);
    }
}
