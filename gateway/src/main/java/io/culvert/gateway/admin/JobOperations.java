package io.culvert.gateway.admin;

import java.time.Duration;
import java.util.List;

/** What concerns jobs. An id is 1 to 100 of letters, digits and {@code . _ - : @ +}. */
public interface JobOperations {

    Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** Jobs under way and the last ones that ended, newest first; at most 1,000. */
    List<JobView> jobs() throws OperationException;

    default JobView job(String id) throws OperationException {
        return job(id, Duration.ZERO);
    }

    /** The job as soon as it has ended, or as it is after this long; at most {@link #LONGEST_WAIT} counts. */
    JobView job(String id, Duration wait) throws OperationException;

    /**
     * Ends a job for good; returns once that is decided. What its attempt made durable in a pool stays there unseen until a sweep,
     * and is not sent again.
     */
    JobView cancel(String id) throws OperationException;
}
