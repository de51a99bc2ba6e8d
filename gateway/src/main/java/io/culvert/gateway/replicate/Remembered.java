package io.culvert.gateway.replicate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is remembered of jobs that do not run: the last ones that ended, and what is complete at peers. Guarded by its owner's lock. */
final class Remembered {

    /** Ended jobs that are remembered while the gateway runs; a restart recalls the last of them. */
    static final int MAX_ENDED = 500;

    private final Deque<Job> ended = new ArrayDeque<>();

    /** Of each dataset and target that ever was; as many as the ledger has. */
    private final Map<JobLedger.JobKey, JobLedger.Replica> replicas = new HashMap<>();

    /** What the gateways before this one, and the others, have left. */
    void learn(JobLedger.Memory memory) {
        memory.replicas().forEach((key, replica) -> replicas.merge(key, replica, Remembered::newer));
        Set<String> known = new HashSet<>();
        ended.forEach(job -> known.add(job.id()));
        memory.unfinished().forEach(note -> known.add(note.run()));
        memory.ended().stream().filter(job -> known.add(job.id())).map(Job::of).forEach(ended::addLast);
        while (ended.size() > MAX_ENDED) {
            ended.removeLast();
        }
    }

    void add(Job job) {
        job.replica().ifPresent(replica -> replicas.put(job.key(), replica));
        ended.addFirst(job);
        if (ended.size() > MAX_ENDED) {
            ended.removeLast();
        }
    }

    Optional<JobLedger.Replica> replica(JobLedger.JobKey key) {
        return Optional.ofNullable(replicas.get(key));
    }

    /** The newest first. */
    List<Job> ended() {
        return List.copyOf(ended);
    }

    /** Every job of which anything is remembered. */
    Set<JobLedger.JobKey> known() {
        Set<JobLedger.JobKey> known = new HashSet<>(replicas.keySet());
        ended.forEach(job -> known.add(job.key()));
        return known;
    }

    /** What is remembered of one job is that of another, whose pool is the same by its present name. */
    void rehome(JobLedger.JobKey from, JobLedger.JobKey to) {
        JobLedger.Replica replica = replicas.remove(from);
        if (replica != null) {
            replicas.merge(to, replica, Remembered::newer);
        }
        List<Job> kept = new ArrayList<>(ended);
        kept.replaceAll(job -> job.key().equals(from) ? Job.of(under(job.view(), to)) : job);
        ended.clear();
        ended.addAll(kept);
    }

    private static JobLedger.Replica newer(JobLedger.Replica one, JobLedger.Replica other) {
        return one.created().isAfter(other.created()) ? one : other;
    }

    private static Job.View under(Job.View job, JobLedger.JobKey present) {
        return new Job.View(
                job.id(),
                job.kind(),
                present,
                job.state(),
                job.sentence(),
                job.failure(),
                job.attempt(),
                job.tries(),
                job.fence(),
                job.snapshot(),
                job.read(),
                job.created(),
                job.started(),
                job.ended(),
                job.progress(),
                job.current(),
                job.totals(),
                job.wireBytesOut(),
                job.wireBytesIn(),
                job.bytesPerSecond(),
                job.wireBytesPerSecond());
    }
}
