package io.culvert.gateway.checkpoint;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a job's owner wants remembered about its present attempt. Small by construction: each text has a bound, and the stored
 * form stays under {@link #MAX_STORED_BYTES}.
 *
 * @param attempt the id that every object made by this attempt carries
 * @param snapshotId the snapshot that the attempt is making or has made; null before it has a name
 */
public record Checkpoint(
        Job job,
        String attempt,
        JobState state,
        Progress progress,
        @Nullable String snapshotId,
        Instant startedAt,
        Instant updatedAt) {
    public static final int MAX_STORED_BYTES = 4095;

    static final int MAX_ATTEMPT_BYTES = 100;
    static final int MAX_SNAPSHOT_BYTES = 200;

    public Checkpoint {
        Names.require("attempt", attempt, MAX_ATTEMPT_BYTES);
        if (snapshotId != null) {
            Names.require("snapshotId", snapshotId, MAX_SNAPSHOT_BYTES);
        }
    }
}
