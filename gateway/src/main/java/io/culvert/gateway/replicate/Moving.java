package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.pool.SnapshotLookup;
import io.culvert.dedupe.segment.SegmentEncoder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Moves the snapshots of a dataset from other pools of the site into one, the oldest first: each is copied whole, with its id, made visible
 * there, and only then removed where it was. So every snapshot is in at least one pool at any moment; in both, if a move is cut off between,
 * and the next one only removes it. The room of what was removed comes back with the sweep.
 */
final class Moving {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private record Found(Pool pool, Snapshot snapshot) {}

    private final Job job;
    private final List<Pool> from;
    private final Pool to;
    private final ReplicateSettings settings;

    Moving(Job job, List<Pool> from, Pool to, ReplicateSettings settings) {
        this.job = job;
        this.from = List.copyOf(from);
        this.to = to;
        this.settings = settings;
    }

    /** Waits for its turn and moves all; the job then has ended, whatever became of it. */
    void run(AttemptMemory memory) throws InterruptedException {
        try (Places.Turn turn = memory.ingest()) {
            while (!turn.await(LOOK) && !job.isCancelled()) {
                job.waiting(AttemptMemory.MAX_INGESTS + " ingests and moves run, as many as run at a time");
            }
            moveAll(memory);
        } catch (CancelledException e) {
            job.ended(Job.State.CANCELLED, settings.clock().instant());
        } catch (IOException e) {
            job.failed(
                    Job.Failure.FAILED,
                    String.valueOf(e.getMessage()),
                    settings.clock().instant());
        }
    }

    private void moveAll(AttemptMemory memory) throws IOException, InterruptedException {
        job.attempt(job.id(), settings.clock().instant());
        List<Found> all = all();
        job.totals(new Job.Totals(
                all.stream().mapToLong(one -> one.snapshot().entries()).sum(),
                all.stream().mapToLong(one -> one.snapshot().sourceBytes()).sum(),
                true));
        for (Found one : all) {
            refuseIfCancelled();
            if (!(to.snapshots().find(one.snapshot().id()) instanceof SnapshotLookup.Found)) {
                copy(one, memory);
            }
            one.pool().snapshots().delete(one.snapshot().id());
        }
        Snapshot newest = of(to).stream()
                .max(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::id))
                .orElseThrow(() -> new IOException(
                        "no pool holds a snapshot of dataset " + job.key().dataset() + " any more"));
        job.done(newest.id(), newest.created(), settings.clock().instant());
    }

    private List<Snapshot> of(Pool pool) throws IOException {
        return pool.snapshots().list().snapshots().stream()
                .filter(snapshot -> snapshot.dataset().equals(job.key().dataset()))
                .toList();
    }

    private List<Found> all() throws IOException {
        List<Found> all = new ArrayList<>();
        for (Pool pool : from) {
            of(pool).forEach(snapshot -> all.add(new Found(pool, snapshot)));
        }
        all.sort(Comparator.comparing((Found one) -> one.snapshot().created())
                .thenComparing(one -> one.snapshot().id()));
        return all;
    }

    /** Every chunk that is read is compared with its fingerprint, and the whole is proven to be there before it is visible. */
    private void copy(Found one, AttemptMemory memory) throws IOException, InterruptedException {
        Snapshot snapshot = one.snapshot();
        ManifestRoot root = Closure.root(snapshot);
        try (AttemptMemory.Blocks blocks = memory.blocks();
                PoolTarget target = PoolTarget.adopting(
                        to, snapshot, blocks.pool(), new SegmentEncoder(settings.compressionLevel()), job.progress())) {
            new StoredSource(one.pool(), root, new UntilCancelled(target, this::refuseIfCancelled), job.progress())
                    .read();
            target.commit(root, snapshot.created(), snapshot.label());
        }
    }

    private void refuseIfCancelled() throws CancelledException {
        if (job.isCancelled()) {
            throw new CancelledException();
        }
    }

    /** Somebody asked for the end. */
    private static final class CancelledException extends IOException {
        private static final long serialVersionUID = 1L;

        CancelledException() {
            super("the move was cancelled");
        }
    }
}
