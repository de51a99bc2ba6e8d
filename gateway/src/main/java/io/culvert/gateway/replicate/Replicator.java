package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.ReplicationTarget;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of this site: starts them, never two at once for one dataset and target, goes on with those that a restart
 * cut off, and remembers the last ones that ended.
 *
 * <p>Thread-safe. Closing it ends the attempts under way; their jobs stay unfinished and go on at the next start.
 */
public final class Replicator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);
    private static final int CLOSE_SECONDS = 10;

    /** How long a job waits for the one before it, until it looks whether it was cancelled. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How long whoever starts a job waits for it to be noted. */
    private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(3);

    private static final Duration FIRST_RECALL = Duration.ofSeconds(1);
    private static final Duration LAST_RECALL = Duration.ofSeconds(15);

    private final ReplicateSettings settings;
    private final Streams streams;
    private final ReplicationAccess access;
    private final JobLedger ledger;
    private final AttemptMemory memory;
    private final ReadClient reads;
    /**
     * One a job, and platform threads: a source on a file system that does not answer holds its thread in the kernel, where a
     * virtual one would hold its carrier, and few of those carry everything else.
     */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("job-", 0).factory());

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<JobLedger.JobKey, Running> running = new LinkedHashMap<>();
    private final JobMemory remembered = new JobMemory();
    private final LocalJobs local;

    /**
     * @param over when its end is noted and its claim is released, somewhat after the job has ended
     * @param left whether it goes on elsewhere
     */
    private record Running(Job job, JobRun run, CountDownLatch over, AtomicBoolean left) {}

    public Replicator(ReplicateSettings settings, Streams streams, ReplicationAccess access, JobLedger ledger) {
        this.settings = settings;
        this.streams = streams;
        this.access = access;
        this.ledger = ledger;
        this.memory = new AttemptMemory(settings.blocks());
        this.reads = new ReadClient(streams);
        this.local = new LocalJobs(settings, access, memory, remembered, ledger, threads);
    }

    /** Starts a job, or returns the one that is under way for this dataset and target. */
    public Job start(String name, DatasetConfig dataset, ReplicationTarget target) {
        JobLedger.JobKey key = new JobLedger.JobKey(name, target.peer().toString(), target.pool());
        return start(key, newId(key), dataset, settings.clock().instant(), false);
    }

    /**
     * The same, for whoever is told that it is accepted: returns when the ledger has it, so that it is gone on with though this gateway
     * is killed a moment later. If that takes longer, the job says why it waits; it is forgotten only if this gateway ends before it is
     * noted.
     */
    public Job accept(String name, DatasetConfig dataset, ReplicationTarget target) throws InterruptedException {
        Job job = start(name, dataset, target);
        Running one;
        lock.lock();
        try {
            one = running.get(job.key());
        } finally {
            lock.unlock();
        }
        if (one != null) {
            one.run().awaitBegun(ACCEPTED_WITHIN);
        }
        return job;
    }

    /**
     * Recalls what the gateways before this one left, and goes on with the jobs that were not done: now, or as soon as the
     * ledger answers.
     *
     * @param here whether this gateway goes on with a job; the others are known then, and not gone on with
     */
    public void resume(Supplier<Map<String, DatasetConfig>> datasets, Predicate<JobLedger.JobKey> here) {
        try {
            recall(datasets.get(), here);
        } catch (IOException e) {
            LOG.warn(
                    "earlier jobs are not known yet, the checkpoint store is asked again until it answers: {}",
                    e.getMessage());
            threads.execute(() -> recallLater(datasets, here));
        }
    }

    /** Learns what other gateways of the site run, and have completed and ended since, and goes on with nothing. */
    public void refresh(Map<String, DatasetConfig> datasets) throws IOException {
        recall(datasets, key -> false);
    }

    /** Every job of which anything is remembered, here or by the ledger. */
    public Set<JobLedger.JobKey> known() throws IOException {
        Set<JobLedger.JobKey> known = new HashSet<>(ledger.known());
        known.addAll(remembered.known());
        return known;
    }

    /**
     * Remembers of one job what it remembered of another, whose pool has another name now; earlier scans as well, so that nothing is read or sent
     * again for that.
     *
     * @return false if one of the two runs, and it is to be tried again
     */
    public boolean rehome(JobLedger.JobKey from, JobLedger.JobKey to) throws IOException {
        lock.lock();
        try {
            if (running.containsKey(from) || running.containsKey(to)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        if (!ledger.rehome(from, to)) {
            return false;
        }
        ScanFiles.rehome(settings.directory(), from, to);
        remembered.rehome(from, to);
        return true;
    }

    /** Whether what the gateways before this one completed is known. */
    public boolean isRecalled() {
        return remembered.isRecalled();
    }

    /** Another gateway of the site goes on with these jobs: those under way end here at once, and write nothing more. */
    public void leave(Predicate<JobLedger.JobKey> elsewhere) {
        List<Running> its;
        lock.lock();
        try {
            its = running.entrySet().stream()
                    .filter(one -> elsewhere.test(one.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
            its.forEach(one -> one.left().set(true));
        } finally {
            lock.unlock();
        }
        its.forEach(one -> one.run().leave());
    }

    private void recallLater(Supplier<Map<String, DatasetConfig>> datasets, Predicate<JobLedger.JobKey> here) {
        Duration pause = FIRST_RECALL;
        while (true) {
            try {
                Thread.sleep((long) (pause.toMillis() * (0.5 + settings.random().nextDouble())));
                recall(datasets.get(), here);
                LOG.info("earlier jobs are known");
                return;
            } catch (IOException e) {
                pause = pause.multipliedBy(2).compareTo(LAST_RECALL) < 0 ? pause.multipliedBy(2) : LAST_RECALL;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void recall(Map<String, DatasetConfig> datasets, Predicate<JobLedger.JobKey> here) throws IOException {
        JobLedger.Memory memory = ledger.recall();
        remembered.recall(memory, key -> datasets.containsKey(key.dataset()) && !here.test(key));
        for (JobLedger.JobNote note : memory.unfinished()) {
            DatasetConfig dataset = datasets.get(note.key().dataset());
            boolean wanted = dataset != null
                    && dataset.policy().replicateTo().stream()
                            .anyMatch(target ->
                                    target.peer().toString().equals(note.key().peer())
                                            && target.pool().equals(note.key().pool()));
            if (dataset != null && wanted && here.test(note.key())) {
                start(note.key(), note.run(), dataset, note.created(), true);
            }
        }
    }

    /** The newest complete snapshot of the dataset in this pool of the peer, as this site knows it. */
    public Optional<JobLedger.Replica> newest(String dataset, String peer, String pool) {
        lock.lock();
        try {
            JobLedger.JobKey key = new JobLedger.JobKey(dataset, peer, pool);
            Running one = running.get(key);
            return Optional.ofNullable(one)
                    .flatMap(present -> present.job().replica())
                    .or(() -> remembered.newest(key));
        } finally {
            lock.unlock();
        }
    }

    /** @param resumed whether it was begun before, here or elsewhere, and may have been gone on with or ended since */
    private Job start(JobLedger.JobKey key, String id, DatasetConfig dataset, Instant created, boolean resumed) {
        lock.lock();
        try {
            Running present = running.get(key);
            if (present != null
                    && !present.job().view().state().isEnd()
                    && !present.left().get()) {
                return present.job();
            }
            if (present != null && !present.left().get()) {
                remembered.add(
                        present.job()); // it has ended, and only its end is being noted: who asks now wants another
            }
            Job job = new Job(id, "replicate", key, created);
            JobRun run = new JobRun(job, dataset, settings, streams, access, ledger, memory);
            Running one = new Running(job, run, new CountDownLatch(1), new AtomicBoolean());
            if (resumed) {
                run.resumes(() -> one.left().set(true));
            }
            running.put(key, one);
            threads.execute(() -> runToEnd(key, one, present));
            return job;
        } finally {
            lock.unlock();
        }
    }

    private void runToEnd(JobLedger.JobKey key, Running one, @Nullable Running before) {
        Job job = one.job();
        try {
            if (before != null) {
                awaitNoted(before, job);
            }
            one.run().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("job", job.id()).log("the job ended by a bug");
            job.failed(
                    Job.Failure.FAILED,
                    "a bug ended the job: " + e,
                    settings.clock().instant());
        } finally {
            lock.lock();
            try {
                if (running.remove(key, one) && !one.left().get()) {
                    remembered.add(job);
                }
            } finally {
                lock.unlock();
                one.over().countDown();
            }
        }
    }

    private static void awaitNoted(Running before, Job job) throws InterruptedException {
        while (!before.over().await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && !job.isCancelled()) {
            String why = before.run().notNoted();
            job.waiting("the end of the run before it is noted first" + (why.isEmpty() ? "" : ": " + why));
        }
    }

    private String newId(JobLedger.JobKey key) {
        byte[] random = new byte[3];
        settings.random().nextBytes(random);
        return key.stem() + "-" + HexFormat.of().formatHex(random);
    }

    /** Jobs under way, those at other gateways of the site among them, and the last ones that ended, newest first. */
    public List<Job> jobs() {
        lock.lock();
        try {
            List<Job> underWay = new ArrayList<>(local.underWay());
            running.values().forEach(one -> underWay.add(one.job()));
            return remembered.with(underWay);
        } finally {
            lock.unlock();
        }
    }

    public Optional<Job> job(String id) {
        return jobs().stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** Cancels a job under way; false if it has ended or is unknown. */
    public boolean cancel(String id) {
        JobRun run = null;
        lock.lock();
        try {
            for (Running one : running.values()) {
                if (one.job().id().equals(id)) {
                    run = one.run();
                }
            }
        } finally {
            lock.unlock();
        }
        if (run != null) {
            run.cancel();
        }
        return run != null || local.cancel(id);
    }

    /** The peers that jobs under way go to. */
    public Set<String> peersOfJobs() {
        lock.lock();
        try {
            return running.keySet().stream().map(JobLedger.JobKey::peer).collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    /** The stream to a peer came up: jobs that wait try again at once. */
    public void peerUp(String peer) {
        for (Job job : jobs()) {
            if (job.key().peer().equals(peer)) {
                job.wake();
            }
        }
    }

    /** The jobs that stay within this site. */
    public LocalJobs local() {
        return local;
    }

    /**
     * The snapshots that a peer holds and lets this site see.
     *
     * @throws StreamException if there is no stream to the peer
     */
    public List<RemoteSnapshot> snapshotsAt(String peer, String dataset, String id)
            throws IOException, InterruptedException {
        try (Channel channel = streams.open(peer, ChannelKind.CONTROL, CatalogueClient.request(dataset, id))) {
            return CatalogueClient.read(channel);
        }
    }

    /** Reads a snapshot of a pool here. */
    public void readLocal(Pool pool, Snapshot snapshot, List<PathBytes> paths, RestoreSink sink) throws IOException {
        new SnapshotReader(pool, Closure.root(snapshot), paths, new InOrder(pool, sink))
                .read(io.culvert.dedupe.chunk.Fingerprinter.fastest());
    }

    /** Reads a snapshot that a peer holds; as long as there is no place for it, tells {@code out} why. */
    public void readFrom(String peer, String snapshot, List<PathBytes> paths, RestoreStream.Writer out)
            throws IOException, InterruptedException {
        reads.read(peer, ReadClient.request(snapshot, paths), out, out::waiting);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("jobs did not end within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
