package io.culvert.siteconfig;

/**
 * Where a dataset is replicated to.
 *
 * @param peer its enrolment is looked up when the job runs
 * @param pool a pool of that peer
 */
public record ReplicationTarget(SiteName peer, String pool) {
    @Override
    public String toString() {
        return peer + "/" + pool;
    }
}
