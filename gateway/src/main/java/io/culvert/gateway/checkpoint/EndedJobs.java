package io.culvert.gateway.checkpoint;

import java.util.List;

/**
 * What a store remembers of ended jobs.
 *
 * @param jobs those that could be read, the one that was noted last first
 * @param damaged those that could not, each naming its run
 */
public record EndedJobs(List<EndedJob> jobs, List<CorruptCheckpointException> damaged) {
    public EndedJobs {
        jobs = List.copyOf(jobs);
        damaged = List.copyOf(damaged);
    }
}
