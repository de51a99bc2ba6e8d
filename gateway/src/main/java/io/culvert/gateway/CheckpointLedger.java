package io.culvert.gateway;

import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.CheckpointPage;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.CheckpointWriter;
import io.culvert.gateway.checkpoint.JobState;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.checkpoint.Progress;
import io.culvert.gateway.checkpoint.StoredCheckpoint;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the jobs' notes in the checkpoint store. The attempt's id begins with the job's. */
final class CheckpointLedger implements JobLedger, AutoCloseable {

    private final CheckpointStore store;
    private final CheckpointWriter writer;
    private final InstantSource clock;

    CheckpointLedger(CheckpointStore store, InstantSource clock) {
        this.store = store;
        this.writer = new CheckpointWriter(store);
        this.clock = clock;
    }

    @Override
    public Claim claim(JobKey key, Runnable lost) throws LedgerException {
        try {
            return new Owned(store.claim(key.id(), (ownership, reason) -> lost.run()));
        } catch (IOException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public List<JobNote> unfinished() throws IOException {
        List<JobNote> notes = new ArrayList<>();
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            CheckpointPage page = store.list(after.get(), CheckpointStore.MAX_PAGE);
            for (StoredCheckpoint stored : page.checkpoints()) {
                note(stored.checkpoint()).ifPresent(notes::add);
            }
            after = page.next();
        }
        return notes;
    }

    private static Optional<JobNote> note(Checkpoint checkpoint) {
        boolean goesOn = switch (checkpoint.state()) {
            case JobState.Running running -> true;
            case JobState.Waiting waiting -> true;
            case JobState.Failed failed -> false;
            case JobState.Cancelled cancelled -> false;
            case JobState.Done done -> false;
        };
        if (!goesOn) {
            return Optional.empty();
        }
        var job = checkpoint.job();
        int dot = checkpoint.attempt().lastIndexOf('.');
        String run = dot < 0 ? checkpoint.attempt() : checkpoint.attempt().substring(0, dot);
        return Optional.of(new JobNote(
                new JobKey(job.dataset(), job.peer(), job.pool()),
                run,
                checkpoint.attempt(),
                Job.State.QUEUED,
                "",
                "",
                checkpoint.startedAt(),
                new io.culvert.gateway.replicate.Progress.View(0, 0, 0, 0, 0, 0, 0, 0)));
    }

    /** One ownership. */
    private final class Owned implements Claim {
        private final Ownership ownership;

        Owned(Ownership ownership) {
            this.ownership = ownership;
        }

        @Override
        public long fenceEpoch() {
            return ownership.fence().epoch();
        }

        @Override
        public long fenceRevision() {
            return ownership.fence().revision();
        }

        @Override
        public void note(JobNote note) {
            writer.submit(ownership, checkpoint(note));
        }

        @Override
        public void noteNow(JobNote note) throws LedgerException {
            writer.submit(ownership, checkpoint(note));
            try {
                writer.flush(ownership.jobId());
            } catch (IOException e) {
                throw new LedgerException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void release() {
            writer.forget(ownership.jobId());
            store.release(ownership);
        }
    }

    private Checkpoint checkpoint(JobNote note) {
        var job = new io.culvert.gateway.checkpoint.Job(
                note.key().id(),
                note.key().dataset(),
                note.key().peer(),
                note.key().pool());
        Instant now = clock.instant();
        var progress = note.progress();
        return new Checkpoint(
                job,
                note.attempt(),
                state(note),
                new Progress(
                        progress.acknowledgedBytes(),
                        Map.of(
                                "sourceBytes", progress.sourceBytes(),
                                "chunks", progress.chunks(),
                                "newChunks", progress.newChunks())),
                note.snapshot().isEmpty() ? null : note.snapshot(),
                note.created(),
                now);
    }

    private static JobState state(JobNote note) {
        return switch (note.state()) {
            case QUEUED, SCANNING, COMMITTING -> new JobState.Running();
            case WAITING -> new JobState.Waiting(note.sentence());
            case DONE -> new JobState.Done();
            case FAILED -> new JobState.Failed(note.sentence());
            case CANCELLED -> new JobState.Cancelled();
        };
    }

    @Override
    public void close() {
        writer.close();
    }
}
