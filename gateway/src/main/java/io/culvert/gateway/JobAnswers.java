package io.culvert.gateway;

import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.IngestResult;
import io.culvert.gateway.admin.JobOperations;
import io.culvert.gateway.admin.JobProgress;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import io.culvert.gateway.replicate.Progress;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.ReplicationTarget;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what concerns datasets and jobs. */
final class JobAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(JobAnswers.class);
    private static final Duration REFRESH_EACH = Duration.ofSeconds(10);

    private final AtomicLong refreshedNanos = new AtomicLong(System.nanoTime() - REFRESH_EACH.toNanos());
    private final GatewayOperations.Parts parts;
    private final SnapshotAnswers snapshots;
    private final Instant started;

    JobAnswers(GatewayOperations.Parts parts, SnapshotAnswers snapshots) {
        this.parts = parts;
        this.snapshots = snapshots;
        this.started = parts.clock().instant();
    }

    List<DatasetView> datasets() {
        refreshIfShared();
        return parts.config().get().datasets().entrySet().stream()
                .map(dataset -> view(dataset.getKey(), dataset.getValue()))
                .toList();
    }

    DatasetView dataset(String name) throws OperationException {
        refreshIfShared();
        return view(name, config(name));
    }

    /** What other gateways of the site have completed stands in the store; it is read again when somebody asks, now and then. */
    private void refreshIfShared() {
        long now = System.nanoTime();
        long before = refreshedNanos.get();
        boolean due = !parts.whereabouts().isAlone() && now - before >= REFRESH_EACH.toNanos();
        if (due && refreshedNanos.compareAndSet(before, now)) {
            try {
                parts.replicator().refresh(parts.config().get().datasets());
            } catch (IOException e) {
                LOG.debug("what other gateways have completed is not known now: {}", e.getMessage());
            }
        }
    }

    private DatasetConfig config(String name) throws OperationException {
        DatasetConfig config = parts.config().get().datasets().get(name);
        if (config == null) {
            throw Failures.notFound("there is no dataset \"" + name
                    + "\" in the site file; culvert dataset list shows those there are");
        }
        return config;
    }

    private DatasetView view(String name, DatasetConfig config) {
        String source = switch (config) {
            case DatasetConfig.Tree tree -> tree.path().toString();
            case DatasetConfig.Volume volume -> volume.path().toString();
            case DatasetConfig.Stream stream -> stream.pool();
        };
        return new DatasetView(
                name,
                config.kind(),
                source,
                config.policy().schedule().map(Object::toString),
                config.policy().rpo().map(Duration::toSeconds),
                config.policy().replicateTo().stream()
                        .map(target -> replica(name, target, config.policy().rpo()))
                        .toList());
    }

    private ReplicaView replica(String dataset, ReplicationTarget target, Optional<Duration> rpo) {
        Optional<JobLedger.Replica> newest =
                parts.replicator().newest(dataset, target.peer().toString(), target.pool());
        Optional<Job.View> running = parts.replicator().jobs().stream()
                .map(Job::view)
                .filter(job -> job.key().dataset().equals(dataset)
                        && job.key().peer().equals(target.peer().toString())
                        && job.key().pool().equals(target.pool())
                        && !job.state().isEnd())
                .findFirst();
        Optional<Instant> created = newest.map(JobLedger.Replica::created);
        Optional<Long> lag =
                created.map(at -> Duration.between(at, parts.clock().instant()).toSeconds());
        return new ReplicaView(
                target.peer().toString(),
                target.pool(),
                newest.map(JobLedger.Replica::snapshot),
                created,
                lag,
                rpo.isPresent() && isLate(lag, rpo.get()),
                running.map(Job.View::id));
    }

    /** Where there is none, it is late once this gateway has known of none for that long. */
    private boolean isLate(Optional<Long> lagSeconds, Duration rpo) {
        long upSeconds = Duration.between(started, parts.clock().instant()).toSeconds();
        return lagSeconds.orElse(parts.replicator().isRecalled() ? upSeconds : 0) > rpo.toSeconds();
    }

    List<JobView> replicate(String name, List<String> peers) throws OperationException {
        DatasetConfig config = config(name);
        List<ReplicationTarget> targets = new ArrayList<>();
        for (ReplicationTarget target : config.policy().replicateTo()) {
            if (peers.isEmpty() || peers.contains(target.peer().toString())) {
                targets.add(target);
            }
        }
        for (String peer : peers) {
            if (targets.stream().noneMatch(target -> target.peer().toString().equals(peer))) {
                throw Failures.usage("dataset " + name + " is not replicated to " + peer + "; add {peer: " + peer
                        + ", pool: POOL} to its replicateTo in the site file");
            }
        }
        if (targets.isEmpty()) {
            throw Failures.usage("dataset " + name + " names no target; add replicateTo to it in the site file");
        }
        PeerAnswers known = new PeerAnswers(parts);
        for (ReplicationTarget target : targets) {
            known.require(target.peer().toString());
            Optional<String> renamed =
                    parts.peerPools().sentence(name, target.peer().toString(), target.pool());
            if (renamed.isPresent()) {
                throw new OperationException(FailureCategory.REFUSED, renamed.get());
            }
        }
        if (!parts.places().canBegin(name)) {
            throw new OperationException(FailureCategory.REFUSED, parts.places().sentence(name));
        }
        List<JobView> accepted = new ArrayList<>();
        try {
            for (ReplicationTarget target : targets) {
                accepted.add(
                        view(parts.replicator().accept(name, config, target).view()));
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
        return accepted;
    }

    private void requireHere(Thing thing) throws OperationException {
        if (!parts.whereabouts().isHere(thing)) {
            throw new OperationException(
                    FailureCategory.REFUSED, parts.whereabouts().sentence(thing));
        }
    }

    IngestResult ingest(String name, String label, InputStream source) throws OperationException {
        if (!(config(name) instanceof DatasetConfig.Stream stream)) {
            throw Failures.usage("dataset " + name + " is no stream; culvert replicate " + name + " replicates it");
        }
        requireHere(Thing.pool(stream.pool()));
        try {
            Job job = parts.replicator().local().ingest(name, stream, label, source);
            String id = job.view().snapshot().orElseThrow();
            List<JobView> started = new ArrayList<>();
            for (ReplicationTarget target : stream.policy().replicateTo()) {
                started.add(view(parts.replicator().accept(name, stream, target).view()));
            }
            return new IngestResult(snapshots.show(id), started);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    List<JobView> list() {
        refreshIfShared();
        return parts.replicator().jobs().stream().map(job -> view(job.view())).toList();
    }

    JobView job(String id, Duration wait) throws OperationException {
        refreshIfShared();
        Job job = parts.replicator()
                .job(id)
                .orElseThrow(() -> Failures.notFound("there is no job " + id + "; culvert job list shows them"));
        try {
            job.await(wait.compareTo(JobOperations.LONGEST_WAIT) < 0 ? wait : JobOperations.LONGEST_WAIT);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
        return view(job.view());
    }

    JobView cancel(String id) throws OperationException {
        JobView before = job(id, Duration.ZERO);
        if (before.state().hasEnded()) {
            throw new OperationException(
                    FailureCategory.REFUSED, "job " + id + " has ended already, as " + before.state());
        }
        if (before.kind().equals("ingest")) {
            throw new OperationException(
                    FailureCategory.REFUSED, "job " + id + " ends when its stream does: end the command that sends it");
        }
        if (!parts.replicator().cancel(id)) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "job " + id + " is with another gateway of this site; run the command there");
        }
        return job(id, Duration.ZERO);
    }

    JobView view(Job.View job) {
        Progress.View counted = job.progress();
        boolean waits = job.state() == Job.State.WAITING;
        boolean failed = job.state() == Job.State.FAILED;
        return new JobView(
                job.id(),
                job.kind(),
                job.key().dataset(),
                job.key().peer().equals(parts.config().get().site().toString())
                        ? Optional.empty()
                        : Optional.of(job.key().peer()),
                job.key().pool(),
                state(job),
                waits ? Optional.of(job.sentence()) : Optional.empty(),
                progress(job, counted),
                job.created(),
                job.started(),
                job.ended(),
                job.attempt(),
                job.tries(),
                job.fence(),
                job.snapshot(),
                failed ? Optional.of(job.sentence()) : Optional.empty(),
                job.failure().map(how -> switch (how) {
                    case FAILED -> FailureCategory.FAILED;
                    case REFUSED -> FailureCategory.REFUSED;
                }));
    }

    private static JobState state(Job.View job) {
        return switch (job.state()) {
            case QUEUED -> JobState.QUEUED;
            case WAITING -> JobState.WAITING;
            case SCANNING -> job.progress().storedBytes() > 0 ? JobState.SENDING : JobState.SCANNING;
            case COMMITTING -> JobState.COMMITTING;
            case DONE -> JobState.DONE;
            case FAILED -> JobState.FAILED;
            case CANCELLED -> JobState.CANCELLED;
        };
    }

    private static JobProgress progress(Job.View job, Progress.View counted) {
        return new JobProgress(
                counted.entries(),
                counted.sourceBytes(),
                job.totals().map(Job.Totals::entries),
                job.totals().map(Job.Totals::bytes),
                job.totals().map(Job.Totals::exact).orElse(false),
                counted.readBytes(),
                counted.chunks(),
                counted.newChunks(),
                counted.newBytes(),
                counted.storedBytes(),
                counted.acknowledgedBytes(),
                job.wireBytesOut(),
                job.wireBytesIn(),
                job.bytesPerSecond(),
                job.wireBytesPerSecond(),
                job.current());
    }
}
