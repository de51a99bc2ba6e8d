package io.culvert.gateway.replicate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is known of jobs that are not under way here: the last ones that ended, those at other gateways, and what was completed. Thread-safe. */
final class JobMemory {

    /** Ended jobs that are remembered while the gateway runs; a restart recalls the last of them. */
    static final int MAX_ENDED = 500;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Job> ended = new ArrayDeque<>();

    /** Those that were under way at other gateways of the site when the ledger was read last. */
    private List<Job> elsewhere = List.of();

    private volatile boolean recalled;

    /** Of each dataset and target that ever was; as many as the ledger has. */
    private final Map<JobLedger.JobKey, JobLedger.Replica> replicas = new HashMap<>();

    /**
     * Learns what stands in the ledger.
     *
     * @param isElsewhere whether an unfinished job, if it is not under way here, is another gateway's
     */
    void recall(JobLedger.Memory memory, Predicate<JobLedger.JobKey> isElsewhere) {
        lock.lock();
        try {
            memory.replicas().forEach((key, replica) -> replicas.merge(key, replica, JobMemory::newer));
            Set<String> known = new HashSet<>();
            ended.forEach(job -> known.add(job.id()));
            elsewhere = memory.unfinished().stream()
                    .filter(note -> known.add(note.run()) && isElsewhere.test(note.key()))
                    .map(Job::elsewhere)
                    .toList();
            memory.ended().stream()
                    .filter(job -> known.add(job.id()))
                    .map(Job::of)
                    .forEach(ended::addLast);
            while (ended.size() > MAX_ENDED) {
                ended.removeLast();
            }
            recalled = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the ledger was ever read. */
    boolean isRecalled() {
        return recalled;
    }

    /** A job has ended here. */
    void add(Job job) {
        lock.lock();
        try {
            job.replica().ifPresent(replica -> replicas.put(job.key(), replica));
            ended.addFirst(job);
            if (ended.size() > MAX_ENDED) {
                ended.removeLast();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Every job of which anything is remembered. */
    Set<JobLedger.JobKey> known() {
        lock.lock();
        try {
            Set<JobLedger.JobKey> known = new HashSet<>(replicas.keySet());
            ended.forEach(job -> known.add(job.key()));
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** What is remembered of one job is that of another, whose pool is the same by its present name. */
    void rehome(JobLedger.JobKey from, JobLedger.JobKey to) {
        lock.lock();
        try {
            JobLedger.Replica replica = replicas.remove(from);
            if (replica != null) {
                replicas.merge(to, replica, JobMemory::newer);
            }
            List<Job> kept = new ArrayList<>(ended);
            kept.replaceAll(job -> job.key().equals(from) ? Job.of(under(job.view(), to)) : job);
            ended.clear();
            ended.addAll(kept);
        } finally {
            lock.unlock();
        }
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

    private static JobLedger.Replica newer(JobLedger.Replica one, JobLedger.Replica other) {
        return one.created().isAfter(other.created()) ? one : other;
    }

    /** The newest complete snapshot of the dataset in the pool of the peer. */
    Optional<JobLedger.Replica> newest(JobLedger.JobKey key) {
        lock.lock();
        try {
            return Optional.ofNullable(replicas.get(key));
        } finally {
            lock.unlock();
        }
    }

    /** All jobs, these that are under way here among them, newest first. */
    List<Job> with(Collection<Job> running) {
        List<Job> all = new ArrayList<>(running);
        lock.lock();
        try {
            all.addAll(ended);
            Set<String> known = all.stream().map(Job::id).collect(Collectors.toSet());
            elsewhere.stream().filter(job -> !known.contains(job.id())).forEach(all::add);
        } finally {
            lock.unlock();
        }
        all.sort(Comparator.comparing((Job job) -> job.view().created()).reversed());
        return all;
    }
}
