package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one run of a job ended: kept for people when the job's checkpoint serves its next run.
 *
 * @param id of the run; unlike the job's, no other run ever has it
 * @param kind what ran, such as replicate or ingest
 * @param last the checkpoint that it ended with
 * @param fence of the ownership it ended under; null if nobody else could have gone on with it, so that none was needed
 * @param started when it first did something; null if it never did
 * @param refused whether it failed because it may not be, rather than could not be
 */
public record EndedJob(
        String id,
        String kind,
        Checkpoint last,
        @Nullable Fence fence,
        @Nullable Instant started,
        boolean refused) {
    static final int MAX_KIND_BYTES = 40;

    public EndedJob {
        Job.requireId(id);
        Names.require("kind", kind, MAX_KIND_BYTES);
    }

    /** Returns it, if it is of a job of this ownership. */
    EndedJob under(Ownership ownership) {
        if (!ownership.jobId().equals(last.job().id())) {
            throw new IllegalArgumentException("an ownership of job " + ownership.jobId()
                    + " cannot note the end of job " + last.job().id());
        }
        return this;
    }
}
