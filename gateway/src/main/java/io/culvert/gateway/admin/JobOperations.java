package io.culvert.gateway.admin;

import java.util.List;

/** What concerns jobs. An id is 1 to 100 of letters, digits and {@code . _ - : @ +}. */
public interface JobOperations {

    /** Jobs under way and the last ones that ended, newest first; at most 1,000. */
    List<JobView> jobs() throws OperationException;

    JobView job(String id) throws OperationException;

    /** Ends a job for good and removes what its attempt made; returns once that is decided. */
    JobView cancel(String id) throws OperationException;
}
