package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Fence;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.segment.SegmentEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

/** Stores one backup stream as a snapshot in a pool here. It is visible when all of it is, or not at all. */
final class Ingest {

    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Job job;
    private final Pool pool;
    private final ReplicateSettings settings;

    Ingest(Job job, Pool pool, ReplicateSettings settings) {
        this.job = job;
        this.pool = pool;
        this.settings = settings;
    }

    /**
     * Waits for its turn and reads the stream to its end.
     *
     * @throws IOException if the stream ends with one, or the pool cannot take it; the job has then failed
     */
    void run(AttemptMemory memory, String label, InputStream in) throws IOException, InterruptedException {
        try (Places.Turn turn = memory.ingest()) {
            while (!turn.await(LOOK)) {
                job.waiting(AttemptMemory.MAX_INGESTS + " ingests run, as many as run at a time");
            }
            store(memory, label, in);
        } catch (IOException e) {
            job.failed(
                    Job.Failure.FAILED,
                    String.valueOf(e.getMessage()),
                    settings.clock().instant());
            throw e;
        }
    }

    private void store(AttemptMemory memory, String label, InputStream in) throws IOException, InterruptedException {
        job.attempt(job.id(), settings.clock().instant());
        Path spool = Files.createDirectories(settings.directory().resolve("spool"));
        try (AttemptMemory.Blocks blocks = memory.blocks();
                PoolTarget target = new PoolTarget(
                        pool,
                        Origin.of(settings.site(), job.id()),
                        blocks.pool(),
                        new SegmentEncoder(settings.compressionLevel()),
                        job.progress(),
                        this::snapshot);
                SourceReader reader = new SourceReader(target, job.progress(), spool, settings.clock())) {
            ManifestRoot root = reader.stream(in);
            job.committing();
            Instant read = job.view().created();
            job.done(target.commit(root, read, label), read, settings.clock().instant());
        }
    }

    private Snapshot snapshot(ManifestRoot root, Instant created, String label) {
        return new Snapshot(
                Snapshot.newId(settings.clock(), settings.random()),
                job.key().dataset(),
                settings.site(),
                "stream",
                created,
                job.id(),
                new Fence(0, 0),
                label,
                root.node(),
                root.level(),
                root.entries(),
                root.sourceBytes(),
                new TreeMap<>());
    }
}
