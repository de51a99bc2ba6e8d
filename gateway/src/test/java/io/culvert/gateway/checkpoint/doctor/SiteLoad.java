package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.CheckpointWrite;
import io.culvert.gateway.checkpoint.EndedJob;
import io.culvert.gateway.checkpoint.Job;
import io.culvert.gateway.checkpoint.JobState;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.checkpoint.Progress;
import io.culvert.gateway.checkpoint.Replica;
import io.culvert.gateway.checkpoint.WriteOutcome;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs of a large site write into its checkpoint store, second by second of a time that is simulated: claims, checkpoints of the form
 * and in the batches that a gateway's ledger writes, the ends of jobs. Not thread-safe.
 */
final class SiteLoad {

    static final int RUNNING = 100;

    /** A quarter of an hour; with a hundred at a time, ten thousand in a day. */
    private static final int JOB_SECONDS = 864;

    private static final int SIDE_BY_SIDE = 16;

    /** One run of a job. */
    private record Run(Ownership ownership, Job job, String id, Instant began) {

        Checkpoint at(Instant now, JobState state, @Nullable Replica newest) {
            long seconds = now.getEpochSecond() - began.getEpochSecond();
            return new Checkpoint(
                    job,
                    id + ".0f1e2d3c4b5a6978",
                    state,
                    new Progress(
                            seconds * 123_456_789,
                            Map.of("sourceBytes", seconds << 28, "chunks", seconds << 12, "newChunks", seconds << 11)),
                    newest == null ? null : newest.snapshotId(),
                    began,
                    now,
                    newest);
        }

        /** As the ledger notes it for people. */
        EndedJob ended(Instant now, Replica made) {
            Checkpoint last = at(now, new JobState.Done(), made);
            Map<String, Long> counters = new HashMap<>(last.progress().counters());
            for (String name : List.of(
                    "entries",
                    "readBytes",
                    "newBytes",
                    "storedBytes",
                    "wireBytesOut",
                    "wireBytesIn",
                    "tries",
                    "totalEntries",
                    "totalBytes",
                    "totalsExact")) {
                counters.put(name, 1L);
            }
            var withCounters = new Checkpoint(
                    job,
                    last.attempt(),
                    last.state(),
                    new Progress(last.progress().acknowledgedBytes(), counters),
                    made.snapshotId(),
                    began,
                    now,
                    made);
            return new EndedJob(id, "replicate", withCounters, ownership.fence(), began, false);
        }
    }

    private final CheckpointStore store;
    private final int datasets;
    private final List<Run> running = new ArrayList<>();
    private int begun;
    private long records;

    SiteLoad(CheckpointStore store, int datasets) {
        this.store = store;
        this.datasets = datasets;
    }

    /** Checkpoints written so far. */
    long records() {
        return records;
    }

    /** The day before, in short: each dataset has a checkpoint afterwards that says when it was replicated last. */
    void everyDatasetRunsOnce(Instant day) throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < datasets; i++) {
                int dataset = i;
                all.add(workers.submit(() -> {
                    end(begin(dataset, day.minusSeconds(JOB_SECONDS)), day);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private Run begin(int dataset, Instant now) throws IOException {
        String name = String.format(Locale.ROOT, "department-%05d", dataset % datasets);
        Job job = new Job(name + "@busan/main", name, "busan", "main");
        String id = String.format(Locale.ROOT, "%s@busan-%08x", name, now.getEpochSecond());
        return new Run(store.claim(job.id(), (ownership, reason) -> {}), job, id, now);
    }

    private void end(Run run, Instant now) throws IOException {
        Replica made = new Replica(
                String.format(Locale.ROOT, "20261130T000000-%08x", run.id().hashCode()), run.began());
        store.write(run.ownership(), run.at(now, new JobState.Done(), made));
        store.noteEnd(run.ownership(), run.ended(now, made));
        store.release(run.ownership());
    }

    /** One second: some jobs end and others begin, all that run write. */
    void second(int second, Instant now) throws IOException {
        for (int slot = 0; slot < RUNNING; slot++) {
            int offset = slot * JOB_SECONDS / RUNNING;
            if (second == 0) {
                running.add(begin(begun++, now));
            } else if (second % JOB_SECONDS == offset) {
                end(running.get(slot), now);
                running.set(slot, begin(begun++, now));
            }
        }
        for (int from = 0; from < RUNNING; from += CheckpointStore.MAX_BATCH) {
            write(running.subList(from, Math.min(RUNNING, from + CheckpointStore.MAX_BATCH)), now);
        }
    }

    private void write(List<Run> runs, Instant now) {
        List<WriteOutcome> outcomes = store.writeAll(runs.stream()
                .map(run -> new CheckpointWrite(run.ownership(), run.at(now, new JobState.Running(), null)))
                .toList());
        assertThat(outcomes).as("at %s", now).allMatch(WriteOutcome.Written.class::isInstance);
        records += runs.size();
    }
}
