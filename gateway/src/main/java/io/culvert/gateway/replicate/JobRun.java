package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.v1.Begin;
import io.culvert.siteconfig.DatasetConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one job to its end on a thread of its own: attempts, pauses, and attempts again until the snapshot is visible or
 * the job cannot succeed.
 *
 * <p>What kind of failure decides: a lost stream or a peer that is down or ending is waited for without limit; a refusal,
 * a moving or unreadable source ends the job; damage and an incomplete manifest are tried again a few times, the latter
 * without relying on earlier scans.
 *
 * <p>An ownership that is lost while an attempt runs does not end it: it goes on under its fence as long as the receiver takes
 * that, for whoever owned the job later would have shown it a higher one. Meanwhile the job is claimed again, so that its notes go
 * on; only if another gateway has it does the attempt end.
 */
final class JobRun {

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration NOTE_EVERY = Duration.ofSeconds(1);

    /** How long a job waits for its turn before it looks whether it was cancelled. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Times that damage or an incomplete manifest is answered by another attempt. */
    private static final int MAX_REPAIRS = 3;

    private final Job job;
    private final DatasetConfig dataset;
    private final ReplicateSettings settings;
    private final Streams streams;
    private final ReplicationAccess access;
    private final AttemptMemory memory;
    private final JobOwnership ownership;
    private @Nullable Runnable over;
    private volatile @Nullable SnapshotTarget running;
    private int repairs;
    private int pauses;

    JobRun(
            Job job,
            DatasetConfig dataset,
            ReplicateSettings settings,
            Streams streams,
            ReplicationAccess access,
            JobLedger ledger,
            AttemptMemory memory) {
        this.job = job;
        this.dataset = dataset;
        this.settings = settings;
        this.streams = streams;
        this.access = access;
        this.memory = memory;
        this.ownership = new JobOwnership(job, ledger, settings.random());
    }

    /**
     * It was begun before, here or elsewhere.
     *
     * @param ended called if it turns out, once it is claimed, that another gateway has ended it meanwhile; nothing is done for it then
     */
    void resumes(Runnable ended) {
        over = ended;
        ownership.isKnown();
    }

    /** Returns when the run is noted in the ledger, or the job says why it is not yet, but after this long at last. */
    void awaitBegun(Duration longest) throws InterruptedException {
        ownership.awaitBegun(longest);
    }

    /** Ends the attempt under way; the job then ends as cancelled. */
    void cancel() {
        job.cancel();
        stopAttempt();
    }

    /**
     * Stops where it is, for another gateway to go on: writes nothing more, and has no claim when this returns, whatever its thread waits
     * for.
     */
    void leave() {
        ownership.leave();
        stopAttempt();
        job.wake();
    }

    /** Why its end is not noted yet; empty if nothing is known to keep it from that. */
    String notNoted() {
        return ownership.notNoted();
    }

    private void stopAttempt() {
        SnapshotTarget target = running;
        if (target != null) {
            target.close();
        }
    }

    void run() throws InterruptedException {
        try {
            while (!job.view().state().isEnd() && !job.isCancelled() && !ownership.isLeft()) {
                try {
                    JobLedger.Claim claim = ownership.claim();
                    if (isToBeRun(claim)) {
                        ownership.noteBegun(claim);
                        attemptOnce(claim);
                    }
                } catch (JobLedger.LedgerException e) {
                    pause(String.valueOf(e.getMessage()));
                }
            }
            if (job.isCancelled()) {
                job.ended(Job.State.CANCELLED, settings.clock().instant());
            }
            ownership.noteEnd();
        } finally {
            ownership.isNotNotedYet();
            ownership.release();
        }
    }

    /** Whether the run is unfinished still; asked once. */
    private boolean isToBeRun(JobLedger.Claim claim) {
        Runnable ended = over;
        over = null;
        if (ended == null || claim.isUnfinished(job.id())) {
            return true;
        }
        LOG.atInfo().addKeyValue("job", job.id()).log("another gateway has ended the job");
        ended.run();
        ownership.leave();
        return false;
    }

    private void attemptOnce(JobLedger.Claim claim) throws InterruptedException {
        try (Places.Turn turn = memory.job(job.key().peer())) {
            if (!comes(turn)) {
                return;
            }
            Streams.Wire before = streams.wire(job.key().peer());
            try (AttemptMemory.Blocks blocks = memory.blocks()) {
                attempt(claim, before, blocks.pool());
            } finally {
                Streams.Wire after = streams.wire(job.key().peer());
                job.attemptEnded(after.out() - before.out(), after.in() - before.in());
            }
        } catch (MovingSourceException e) {
            fail(Job.Failure.REFUSED, e);
        } catch (RefusedException e) {
            refused(e);
        } catch (SourceException e) {
            fail(Job.Failure.FAILED, e);
        } catch (StreamException | JobLedger.LedgerException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the gateway is ending; the job goes on at the next start");
            }
            pause(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the gateway is ending; the job goes on at the next start");
            }
            if (ownership.isLost()) {
                pause("the ownership of the job was lost");
            } else if (!job.isCancelled()) {
                LOG.atInfo().setCause(e).addKeyValue("job", job.id()).log("the attempt failed");
                fail(Job.Failure.FAILED, e);
            }
        }
    }

    /** Waits for the turn of the job; false if it was cancelled or its ownership lost meanwhile. */
    private boolean comes(Places.Turn turn) throws InterruptedException {
        boolean came = turn.await(Duration.ZERO);
        while (!came && !job.isCancelled() && !ownership.isLost()) {
            job.waiting(AttemptMemory.MAX_JOBS + " jobs run, as many as run at a time; its turn comes when one ends");
            came = turn.await(LOOK);
        }
        return came;
    }

    private void fail(Job.Failure how, IOException cause) {
        if (!job.isCancelled() && !ownership.isLeft()) {
            job.failed(how, String.valueOf(cause.getMessage()), settings.clock().instant());
            LOG.atWarn().addKeyValue("job", job.id()).log("the job failed: {}", cause.getMessage());
        }
    }

    private void refused(RefusedException refusal) throws InterruptedException {
        switch (refusal.code()) {
            case UNAVAILABLE -> pause(String.valueOf(refusal.getMessage()));
            case CORRUPT, INCOMPLETE -> {
                if (++repairs > MAX_REPAIRS) {
                    fail(Job.Failure.FAILED, refusal);
                } else {
                    forgetScans();
                    pause(String.valueOf(refusal.getMessage()));
                }
            }
            case NOT_GRANTED, FENCED, UNKNOWN_POOL, PROTOCOL -> fail(Job.Failure.REFUSED, refusal);
            case POOL_FULL, UNSPECIFIED, UNRECOGNIZED -> fail(Job.Failure.FAILED, refusal);
        }
    }

    private void forgetScans() {
        try {
            scans().forget();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("job", job.id()).log("earlier scans could not be removed: {}", e.getMessage());
        }
    }

    private void pause(String why) throws InterruptedException {
        job.waiting(why);
        ownership.isNotNotedYet();
        double factor = Math.min(1 << Math.min(pauses, 10), LONGEST_PAUSE.dividedBy(FIRST_PAUSE));
        pauses++;
        job.pause((long)
                (FIRST_PAUSE.toNanos() * factor * (0.5 + settings.random().nextDouble())));
    }

    private ScanFiles scans() throws IOException {
        return new ScanFiles(ScanFiles.directory(settings.directory(), job.key()));
    }

    private void attempt(JobLedger.Claim claim, Streams.Wire before, BlockPool blocks)
            throws IOException, InterruptedException {
        byte[] random = new byte[8];
        settings.random().nextBytes(random);
        String attempt = job.id() + "." + HexFormat.of().formatHex(random);
        job.attempt(attempt, settings.clock().instant());
        claim.noteNow(job.note());
        Slice pool = Slice.of(
                job.key().pool().getBytes(StandardCharsets.UTF_8)); // for the way there; the session says it again
        Channel channel = streams.open(job.key().peer(), ChannelKind.REPLICATION, pool);
        try (PeerTarget target =
                new PeerTarget(channel, blocks, new SegmentEncoder(settings.compressionLevel()), job.progress())) {
            running = target;
            if (job.isCancelled() || ownership.isLost()) {
                stopAttempt(); // who said so a moment ago found no attempt to stop
            }
            Thread noting = Thread.ofVirtual().name("notes of " + job.id()).start(() -> noteNowAndThen(before));
            try {
                target.begin(begin(claim, attempt));
                pauses = 0;
                JobLedger.Replica replica = send(target);
                sample(before); // who waits is answered at once, with what all of it cost
                done(replica);
            } finally {
                noting.interrupt();
                noting.join(); // it may be claiming the job again
            }
        } finally {
            running = null;
        }
    }

    private Begin begin(JobLedger.Claim claim, String attempt) {
        return Begin.newBuilder()
                .setJob(job.id())
                .setDataset(job.key().dataset())
                .setPool(job.key().pool())
                .setAttempt(attempt)
                .setFenceEpoch(claim.fence().epoch())
                .setFenceRevision(claim.fence().revision())
                .setKind(dataset.kind())
                .build();
    }

    /** Returns the snapshot that the peer made visible. */
    private JobLedger.Replica send(PeerTarget target) throws IOException, InterruptedException {
        Instant created = settings.clock().instant();
        Path spool = Files.createDirectories(settings.directory().resolve("spool"));
        refusePointInTime();
        try (SourceReader reader = new SourceReader(target, job.progress(), spool, settings.clock())) {
            return switch (dataset) {
                case DatasetConfig.Tree tree -> {
                    ScanFiles files = scans();
                    files.totals().ifPresent(job::totals);
                    ManifestRoot root = reader.tree(tree, files);
                    JobLedger.Replica replica = commit(target, root, created, "");
                    files.complete(root);
                    yield replica;
                }
                case DatasetConfig.Volume volume -> commit(target, reader.volume(volume), created, "");
                case DatasetConfig.Stream stream -> {
                    Stored stored = newest(stream);
                    ManifestRoot whole = Closure.root(stored.snapshot());
                    ManifestRoot root = new StoredSource(stored.pool(), whole, target, job.progress()).read();
                    Snapshot snapshot = stored.snapshot();
                    yield commit(target, root, snapshot.created(), snapshot.label());
                }
            };
        }
    }

    private JobLedger.Replica commit(PeerTarget target, ManifestRoot root, Instant created, String label)
            throws IOException, InterruptedException {
        job.totals(new Job.Totals(root.entries(), root.sourceBytes(), true));
        job.committing();
        return new JobLedger.Replica(target.commit(root, created, label), created);
    }

    private void done(JobLedger.Replica replica) {
        job.done(replica.snapshot(), replica.created(), settings.clock().instant());
        LOG.atInfo()
                .addKeyValue("job", job.id())
                .addKeyValue("peer", job.key().peer())
                .addKeyValue("snapshot", replica.snapshot())
                .log("{} is replicated", job.key().dataset());
    }

    /** Read live, a source that names a point in time would be what its owner asked not to get (rule 7). */
    private void refusePointInTime() throws SourceException {
        boolean named = switch (dataset) {
            case DatasetConfig.Tree tree -> tree.pointInTime().isPresent();
            case DatasetConfig.Volume volume -> volume.pointInTime().isPresent();
            case DatasetConfig.Stream stream -> false;
        };
        if (named) {
            throw new SourceException("dataset " + job.key().dataset()
                    + " names a pointInTime, which this version cannot make yet; it is not read live instead");
        }
    }

    private record Stored(Pool pool, Snapshot snapshot) {}

    /** The newest snapshot of a stream dataset in its pool here. */
    private Stored newest(DatasetConfig.Stream stream) throws IOException {
        Pool pool = access.pool(stream.pool()).orElseThrow(() -> new SourceException(access.absence(stream.pool())));
        return pool.snapshots().list().snapshots().stream()
                .filter(s -> s.site().equals(settings.site())
                        && s.dataset().equals(job.key().dataset()))
                .max(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::id))
                .map(snapshot -> new Stored(pool, snapshot))
                .orElseThrow(() -> new SourceException(
                        "nothing was ingested into " + job.key().dataset() + " yet; run: culvert ingest "
                                + job.key().dataset() + " < STREAM"));
    }

    private void noteNowAndThen(Streams.Wire before) {
        try {
            while (true) {
                Thread.sleep(NOTE_EVERY);
                sample(before);
                try {
                    ownership.claim().note(job.note());
                } catch (JobLedger.ElsewhereException e) {
                    LOG.atWarn().addKeyValue("job", job.id()).log("the attempt ends: {}", e.getMessage());
                    stopAttempt();
                    return;
                } catch (JobLedger.LedgerException silent) {
                    LOG.atDebug().addKeyValue("job", job.id()).log("progress is not noted: {}", silent.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample(Streams.Wire before) {
        Streams.Wire now = streams.wire(job.key().peer());
        job.sample(System.nanoTime(), now.out() - before.out(), now.in() - before.in());
    }
}
