package io.culvert.gateway.checkpoint;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a job's owner wants remembered about its present attempt. Small by construction: each text has a bound, and the stored
 * form stays under {@link #MAX_STORED_BYTES}.
 *
 * @param attempt the id that every object made by this attempt carries
 * @param snapshotId the snapshot that the attempt is making or has made; null before it has a name
 * @param newest what this attempt or one before it completed last; each owner carries it on. Null: nothing yet
 */
public record Checkpoint(
        Job job,
        String attempt,
        JobState state,
        Progress progress,
        @Nullable String snapshotId,
        Instant startedAt,
        Instant updatedAt,
        @Nullable Replica newest) {
    public static final int MAX_STORED_BYTES = 4095;

    /** Of the longest names that a site file may give, with what tells runs and attempts apart. */
    static final int MAX_ATTEMPT_BYTES = 128;

    static final int MAX_SNAPSHOT_BYTES = 200;

    public Checkpoint {
        Names.require("attempt", attempt, MAX_ATTEMPT_BYTES);
        if (snapshotId != null) {
            Names.require("snapshotId", snapshotId, MAX_SNAPSHOT_BYTES);
        }
    }
}
