package io.culvert.gateway.admin;

import java.util.List;

/** What concerns jobs. An id is 1 to 100 of letters, digits and {@code . _ - : @ +}. */
public interface JobOperations {

    /** Jobs under way and the last ones that ended, newest first; at most 1,000. */
    List<JobView> jobs() throws OperationException;

    JobView job(String id) throws OperationException;

    /**
     * Ends a job for good; returns once that is decided. What its attempt made durable in a pool stays there unseen until a sweep,
     * and is not sent again.
     */
    JobView cancel(String id) throws OperationException;
}
