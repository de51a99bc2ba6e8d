package io.culvert.gateway.replicate;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest complete snapshot of each dataset and target that ever was; as many as the ledger has. Thread-safe. */
final class Replicas {

    private final Map<JobLedger.JobKey, JobLedger.Replica> newest = new ConcurrentHashMap<>();
    private volatile boolean recalled;

    /** What the ledger says; what is known here may be newer. */
    void recall(Map<JobLedger.JobKey, JobLedger.Replica> noted) {
        noted.forEach((key, replica) ->
                newest.merge(key, replica, (one, other) -> one.created().isAfter(other.created()) ? one : other));
        recalled = true;
    }

    /** Whether the ledger was ever read. */
    boolean isRecalled() {
        return recalled;
    }

    void put(JobLedger.JobKey key, JobLedger.Replica replica) {
        newest.put(key, replica);
    }

    Optional<JobLedger.Replica> of(JobLedger.JobKey key) {
        return Optional.ofNullable(newest.get(key));
    }
}
