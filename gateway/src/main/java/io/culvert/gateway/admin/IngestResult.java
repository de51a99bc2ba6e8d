package io.culvert.gateway.admin;

import java.util.List;

/**
 * What became of an ingested stream.
 *
 * @param snapshot the one here, complete and durable
 * @param jobs the replications that it started
 */
public record IngestResult(SnapshotView snapshot, List<JobView> jobs) {
    public IngestResult {
        jobs = List.copyOf(jobs);
    }
}
