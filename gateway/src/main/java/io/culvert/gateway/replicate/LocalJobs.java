package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Pool;
import io.culvert.siteconfig.DatasetConfig;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that stay within this site: streams that are stored, and datasets that move from pool to pool. No other gateway could go on with
 * one; a restart forgets it, and what it had made visible stays. Thread-safe.
 */
public final class LocalJobs {

    private static final Logger LOG = LoggerFactory.getLogger(LocalJobs.class);
    private static final String MOVE = "move";

    private final ReplicateSettings settings;
    private final ReplicationAccess access;
    private final AttemptMemory memory;
    private final JobMemory remembered;
    private final JobLedger ledger;
    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();

    /** By id, in the order in which they began. */
    private final Map<String, Job> underWay = new LinkedHashMap<>();

    LocalJobs(
            ReplicateSettings settings,
            ReplicationAccess access,
            AttemptMemory memory,
            JobMemory remembered,
            JobLedger ledger,
            Executor threads) {
        this.settings = settings;
        this.access = access;
        this.memory = memory;
        this.remembered = remembered;
        this.ledger = ledger;
        this.threads = threads;
    }

    /**
     * Stores a backup stream as a snapshot in the dataset's pool.
     *
     * @throws IOException if the stream ends with one, or the pool cannot take it: no snapshot is made then
     */
    public Job ingest(String name, DatasetConfig.Stream dataset, String label, InputStream in)
            throws IOException, InterruptedException {
        Pool pool = access.pool(dataset.pool()).orElseThrow(() -> new SourceException(access.absence(dataset.pool())));
        Job job = begin("ingest", new JobLedger.JobKey(name, settings.site(), dataset.pool()));
        try {
            new Ingest(job, pool, settings).run(memory, label, in);
        } finally {
            end(job);
        }
        return job;
    }

    /**
     * Begins to move all snapshots of a dataset into one pool, or returns the move to it that is under way.
     *
     * @param from the other pools of the site that may have any
     */
    public Job move(String dataset, List<Pool> from, Pool to) {
        JobLedger.JobKey key = new JobLedger.JobKey(dataset, settings.site(), to.name());
        Job job;
        lock.lock();
        try {
            for (Job present : underWay.values()) {
                if (present.key().equals(key) && present.view().kind().equals(MOVE)) {
                    return present;
                }
            }
            job = begin(MOVE, key);
        } finally {
            lock.unlock();
        }
        threads.execute(() -> {
            try {
                new Moving(job, from, to, settings).run(memory);
            } catch (InterruptedException e) {
                job.failed(
                        Job.Failure.FAILED,
                        "the gateway stopped; run it again",
                        settings.clock().instant());
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).addKeyValue("job", job.id()).log("the move ended by a bug");
                job.failed(
                        Job.Failure.FAILED,
                        "a bug ended the move: " + e,
                        settings.clock().instant());
            } finally {
                end(job);
            }
        });
        return job;
    }

    private Job begin(String kind, JobLedger.JobKey key) {
        byte[] random = new byte[3];
        settings.random().nextBytes(random);
        String id = key.stem() + "-" + HexFormat.of().formatHex(random);
        Job job = new Job(id, kind, key, settings.clock().instant());
        lock.lock();
        try {
            underWay.put(id, job);
        } finally {
            lock.unlock();
        }
        return job;
    }

    private void end(Job job) {
        lock.lock();
        try {
            underWay.remove(job.id());
            remembered.add(job);
        } finally {
            lock.unlock();
        }
        try {
            if (job.view().state().isEnd()) {
                ledger.ended(job.view());
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("job", job.id()).log("the end of the job could not be noted: {}", e.getMessage());
        }
    }

    /** Those that have not ended. */
    List<Job> underWay() {
        lock.lock();
        try {
            return List.copyOf(underWay.values());
        } finally {
            lock.unlock();
        }
    }

    /** Asks a move to end; false if it has ended or is none. A stream that is stored ends when its writer does. */
    boolean cancel(String id) {
        lock.lock();
        try {
            Job job = underWay.get(id);
            boolean moves = job != null && job.view().kind().equals(MOVE);
            if (job != null && moves) {
                job.cancel();
            }
            return moves;
        } finally {
            lock.unlock();
        }
    }
}
