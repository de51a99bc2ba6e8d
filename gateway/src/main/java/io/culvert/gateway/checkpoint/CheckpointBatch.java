package io.culvert.gateway.checkpoint;

import java.util.HashSet;
import java.util.List;

/** The bounds of what one call may ask of a store. */
final class CheckpointBatch {
    private CheckpointBatch() {}

    static List<CheckpointWrite> require(List<CheckpointWrite> writes) {
        if (writes.isEmpty() || writes.size() > CheckpointStore.MAX_BATCH) {
            throw new IllegalArgumentException(
                    "writes must be 1 to " + CheckpointStore.MAX_BATCH + ", were " + writes.size());
        }
        var jobs = new HashSet<String>();
        for (CheckpointWrite write : writes) {
            if (!jobs.add(write.jobId())) {
                throw new IllegalArgumentException("a job may be written once in a batch, was twice: " + write.jobId());
            }
        }
        return writes;
    }

    static int requireLimit(int limit) {
        if (limit < 1 || limit > CheckpointStore.MAX_PAGE) {
            throw new IllegalArgumentException("limit must be 1 to " + CheckpointStore.MAX_PAGE + ", was " + limit);
        }
        return limit;
    }
}
