package io.culvert.gateway.cli;

import io.culvert.gateway.admin.JobView;
import java.time.Duration;

/** How long things took. */
final class Spans {
    private Spans() {}

    /** From start to end of a job that ended; 0 if it never started. */
    static double seconds(JobView job) {
        if (job.started().isEmpty() || job.ended().isEmpty()) {
            return 0;
        }
        return Duration.between(job.started().get(), job.ended().get()).toNanos() / 1e9;
    }
}
