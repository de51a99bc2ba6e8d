package io.culvert.gateway;

import io.culvert.gateway.admin.EtcdCopy;
import io.culvert.gateway.checkpoint.doctor.Copies;
import io.culvert.gateway.checkpoint.doctor.Dated;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.ReplicationTarget;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups of etcd at other sites: copies of their directory, made by ordinary jobs of the dataset {@link
 * Checkpoints#BACKUPS_DATASET}. Of several gateways, each of which makes backups of its own, the one that has the stream to a
 * peer copies what it has. A copy that failed is tried again after {@link #PAUSE}. Thread-safe.
 */
final class EtcdCopies implements Copies {

    static final Duration PAUSE = Duration.ofMinutes(10);

    /** How often what other gateways have copied is looked up while it is not known to be enough. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(EtcdCopies.class);

    private final Supplier<SiteConfig> config;
    private final Replicator replicator;
    private final Whereabouts whereabouts;
    private final InstantSource clock;
    private final Map<ReplicationTarget, Instant> tried = new ConcurrentHashMap<>();
    private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime() - LOOK.toNanos());

    EtcdCopies(Supplier<SiteConfig> config, Replicator replicator, Whereabouts whereabouts, InstantSource clock) {
        this.config = config;
        this.replicator = replicator;
        this.whereabouts = whereabouts;
        this.clock = clock;
    }

    private Optional<DatasetConfig> dataset() {
        return Optional.ofNullable(config.get().datasets().get(Checkpoints.BACKUPS_DATASET));
    }

    private List<ReplicationTarget> targets() {
        return dataset().map(dataset -> dataset.policy().replicateTo()).orElse(List.of());
    }

    @Override
    public List<Copy> list() {
        return targets().stream()
                .map(target -> new Copy(target.toString(), newest(target), trouble(target)))
                .toList();
    }

    private Dated newest(ReplicationTarget target) {
        Optional<JobLedger.Replica> replica = replica(target);
        if (replica.isPresent()) {
            return Dated.of(replica.get().created());
        }
        return replicator.isRecalled()
                ? Dated.NONE
                : Dated.unknown("what was copied before is not known until the checkpoint store answers");
    }

    private Optional<JobLedger.Replica> replica(ReplicationTarget target) {
        return replicator.newest(Checkpoints.BACKUPS_DATASET, target.peer().toString(), target.pool());
    }

    /** What its last job says, if that waits or has failed. */
    private String trouble(ReplicationTarget target) {
        return replicator.jobs().stream()
                .map(Job::view)
                .filter(job -> job.key().equals(key(target)))
                .findFirst()
                .filter(job -> job.state() == Job.State.WAITING || job.state() == Job.State.FAILED)
                .map(Job.View::sentence)
                .orElse("");
    }

    private static JobLedger.JobKey key(ReplicationTarget target) {
        return new JobLedger.JobKey(Checkpoints.BACKUPS_DATASET, target.peer().toString(), target.pool());
    }

    private boolean isCopied(ReplicationTarget target, Instant finished) {
        return replica(target)
                .filter(replica -> replica.created().isAfter(finished))
                .isPresent();
    }

    private boolean isHere(ReplicationTarget target) {
        return whereabouts.isHere(Thing.peer(target.peer().toString()));
    }

    @Override
    public void spread(Instant finished) {
        List<ReplicationTarget> missing =
                targets().stream().filter(target -> !isCopied(target, finished)).toList();
        if (missing.isEmpty() || !replicator.isRecalled()) {
            return;
        }
        lookIfShared();
        for (ReplicationTarget target : missing) {
            if (isHere(target) && !isCopied(target, finished) && isDue(target)) {
                start(target);
            }
        }
    }

    /** What other gateways have copied may be enough, also where this one has the peer only now. */
    private void lookIfShared() {
        long now = System.nanoTime();
        long before = lookedNanos.get();
        boolean due = !whereabouts.isAlone() && now - before >= LOOK.toNanos();
        if (due && lookedNanos.compareAndSet(before, now)) {
            try {
                replicator.refresh(config.get().datasets());
            } catch (IOException e) {
                LOG.debug("what other gateways have copied is not known now: {}", e.getMessage());
            }
        }
    }

    private boolean isDue(ReplicationTarget target) {
        Instant now = clock.instant();
        return Optional.ofNullable(tried.get(target))
                .filter(then -> now.isBefore(then.plus(PAUSE)) && !now.isBefore(then))
                .isEmpty();
    }

    private Job start(ReplicationTarget target) {
        tried.put(target, clock.instant());
        return replicator.start(Checkpoints.BACKUPS_DATASET, dataset().orElseThrow(), target);
    }

    /**
     * Has a backup copied now, and says where it is after this long at most; what is under way then goes on.
     *
     * @param finished when it was whole on this host
     */
    List<EtcdCopy> spread(Instant finished, Duration patience) throws InterruptedException {
        long endNanos = System.nanoTime() + patience.toNanos();
        Map<ReplicationTarget, Job> jobs = new LinkedHashMap<>();
        List<EtcdCopy> copies = new ArrayList<>();
        for (ReplicationTarget target : targets()) { // all of them at the same time
            if (isHere(target)) {
                jobs.put(target, start(target));
            } else {
                copies.add(elsewhere(target));
            }
        }
        for (Map.Entry<ReplicationTarget, Job> one : jobs.entrySet()) {
            copies.add(copy(one.getKey(), one.getValue(), finished, endNanos));
        }
        return copies;
    }

    private EtcdCopy elsewhere(ReplicationTarget target) {
        String sentence = whereabouts.sentence(Thing.peer(target.peer().toString()));
        return copy(target, EtcdCopy.State.ELSEWHERE, Optional.empty(), sentence);
    }

    /** A job that had begun before may have read the directory without it: then another one follows. */
    private EtcdCopy copy(ReplicationTarget target, Job first, Instant finished, long endNanos)
            throws InterruptedException {
        Job job = first;
        while (true) {
            job.await(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime())));
            Job.View view = job.view();
            switch (view.state()) {
                case QUEUED, SCANNING, COMMITTING, WAITING -> {
                    return copy(target, EtcdCopy.State.UNDER_WAY, Optional.empty(), sentence(view));
                }
                case CANCELLED -> {
                    return copy(target, EtcdCopy.State.FAILED, Optional.empty(), "job " + view.id() + " was cancelled");
                }
                case FAILED -> {
                    EtcdCopy.State state = view.failure().equals(Optional.of(Job.Failure.REFUSED))
                            ? EtcdCopy.State.REFUSED
                            : EtcdCopy.State.FAILED;
                    return copy(target, state, Optional.empty(), view.sentence());
                }
                case DONE -> {
                    if (view.read().filter(read -> read.isAfter(finished)).isPresent()) {
                        return copy(target, EtcdCopy.State.COPIED, view.snapshot(), "");
                    }
                    job = start(target);
                }
            }
        }
    }

    private static String sentence(Job.View job) {
        return "job " + job.id() + (job.state() == Job.State.WAITING ? " waits: " + job.sentence() : " is under way");
    }

    private static EtcdCopy copy(
            ReplicationTarget target, EtcdCopy.State state, Optional<String> snapshot, String reason) {
        return new EtcdCopy(target.peer().toString(), target.pool(), state, snapshot, reason);
    }
}
