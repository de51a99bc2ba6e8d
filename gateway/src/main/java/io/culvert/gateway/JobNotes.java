package io.culvert.gateway;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.EndedJob;
import io.culvert.gateway.checkpoint.JobState;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger.JobKey;
import io.culvert.gateway.replicate.JobLedger.JobNote;
import io.culvert.gateway.replicate.JobLedger.Replica;
import io.culvert.gateway.replicate.Progress;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job in the words of replication and in those of the checkpoint store. An attempt's id is its run's, a dot and what tells it
 * from the run's other attempts.
 */
final class JobNotes {

    private static final String NO_ATTEMPT = ".none";

    private static final Progress.View NOTHING = new Progress.View(0, 0, 0, 0, 0, 0, 0, 0);

    private JobNotes() {}

    static JobKey key(Checkpoint checkpoint) {
        var job = checkpoint.job();
        return new JobKey(job.dataset(), job.peer(), job.pool());
    }

    static Optional<Replica> newest(Checkpoint checkpoint) {
        return Optional.ofNullable(checkpoint.newest()).map(found -> new Replica(found.snapshotId(), found.created()));
    }

    /** The job, if it goes on. */
    static Optional<JobNote> unfinished(Checkpoint checkpoint) {
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
        int dot = checkpoint.attempt().lastIndexOf('.');
        String run = dot < 0 ? checkpoint.attempt() : checkpoint.attempt().substring(0, dot);
        return Optional.of(new JobNote(
                key(checkpoint),
                run,
                checkpoint.attempt(),
                Job.State.QUEUED,
                "",
                Optional.empty(),
                checkpoint.startedAt(),
                NOTHING));
    }

    static Checkpoint checkpoint(JobNote note, Optional<Replica> newest, Instant now) {
        var progress = note.progress();
        return new Checkpoint(
                job(note.key()),
                note.attempt().isEmpty() ? note.run() + NO_ATTEMPT : note.attempt(),
                state(note.state(), note.sentence()),
                new io.culvert.gateway.checkpoint.Progress(
                        progress.acknowledgedBytes(),
                        Map.of(
                                "sourceBytes", progress.sourceBytes(),
                                "chunks", progress.chunks(),
                                "newChunks", progress.newChunks())),
                note.replica().map(Replica::snapshot).orElse(null),
                note.created(),
                now,
                newest.map(JobNotes::stored).orElse(null));
    }

    /**
     * What is kept of a job, as that of another whose pool is the same by its present name.
     *
     * @param there what is kept of that already, which is newer but for what was completed
     */
    static Checkpoint rehomed(Checkpoint old, JobKey to, Optional<Checkpoint> there) {
        Checkpoint base = there.orElse(old);
        return new Checkpoint(
                job(to),
                base.attempt(),
                base.state(),
                base.progress(),
                base.snapshotId(),
                base.startedAt(),
                base.updatedAt(),
                Stream.of(Optional.of(old), there)
                        .flatMap(Optional::stream)
                        .flatMap(one -> Optional.ofNullable(one.newest()).stream())
                        .max(Comparator.comparing(io.culvert.gateway.checkpoint.Replica::created))
                        .orElse(null));
    }

    /** How a run ended, as one of the job whose pool is the same by its present name. */
    static EndedJob rehomed(EndedJob ended, JobKey to) {
        Checkpoint last = ended.last();
        return new EndedJob(
                ended.id(),
                ended.kind(),
                new Checkpoint(
                        job(to),
                        last.attempt(),
                        last.state(),
                        last.progress(),
                        last.snapshotId(),
                        last.startedAt(),
                        last.updatedAt(),
                        last.newest()),
                ended.fence(),
                ended.started(),
                ended.refused());
    }

    private static io.culvert.gateway.checkpoint.Job job(JobKey key) {
        return new io.culvert.gateway.checkpoint.Job(key.id(), key.dataset(), key.peer(), key.pool());
    }

    private static io.culvert.gateway.checkpoint.Replica stored(Replica replica) {
        return new io.culvert.gateway.checkpoint.Replica(replica.snapshot(), replica.created());
    }

    private static JobState state(Job.State state, String sentence) {
        return switch (state) {
            case QUEUED, SCANNING, COMMITTING -> new JobState.Running();
            case WAITING -> new JobState.Waiting(sentence);
            case DONE -> new JobState.Done();
            case FAILED -> new JobState.Failed(sentence);
            case CANCELLED -> new JobState.Cancelled();
        };
    }

    /** A job that has ended, as it is kept. */
    static EndedJob ended(Job.View job) {
        String snapshot = job.snapshot().orElse(null);
        Optional<Replica> made = job.snapshot().flatMap(id -> job.read().map(at -> new Replica(id, at)));
        var last = new Checkpoint(
                job(job.key()),
                job.attempt().isEmpty() ? job.id() + NO_ATTEMPT : job.attempt(),
                state(job.state(), job.sentence()),
                new io.culvert.gateway.checkpoint.Progress(job.progress().acknowledgedBytes(), counters(job)),
                snapshot,
                job.created(),
                job.ended().orElse(job.created()),
                made.map(JobNotes::stored).orElse(null));
        return new EndedJob(
                job.id(),
                job.kind(),
                last,
                job.fence().map(JobNotes::fence).orElse(null),
                job.started().orElse(null),
                job.failure().filter(how -> how == Job.Failure.REFUSED).isPresent());
    }

    private static Fence fence(String text) {
        int dot = text.indexOf('.');
        return new Fence(Long.parseLong(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1)));
    }

    private static Map<String, Long> counters(Job.View job) {
        var progress = job.progress();
        Map<String, Long> counters = new HashMap<>(Map.of(
                "entries", progress.entries(),
                "sourceBytes", progress.sourceBytes(),
                "readBytes", progress.readBytes(),
                "chunks", progress.chunks(),
                "newChunks", progress.newChunks(),
                "newBytes", progress.newBytes(),
                "storedBytes", progress.storedBytes(),
                "wireBytesOut", job.wireBytesOut(),
                "wireBytesIn", job.wireBytesIn(),
                "tries", (long) job.tries()));
        job.totals().ifPresent(totals -> {
            counters.put("totalEntries", totals.entries());
            counters.put("totalBytes", totals.bytes());
            counters.put("totalsExact", totals.exact() ? 1L : 0L);
        });
        return counters;
    }

    /** A job that has ended, as people see it. */
    static Job.View view(EndedJob ended) {
        Checkpoint last = ended.last();
        Map<String, Long> counters = last.progress().counters();
        Fence fence = ended.fence();
        Optional<Replica> made = newest(last);
        return new Job.View(
                ended.id(),
                ended.kind(),
                key(last),
                state(last.state()),
                sentence(last.state()),
                failure(ended),
                last.attempt().endsWith(NO_ATTEMPT) ? "" : last.attempt(),
                (int) count(counters, "tries"),
                Optional.ofNullable(fence).map(Fence::toString),
                Optional.ofNullable(last.snapshotId()),
                made.map(Replica::created),
                last.startedAt(),
                Optional.ofNullable(ended.started()),
                Optional.of(last.updatedAt()),
                new Progress.View(
                        count(counters, "entries"),
                        count(counters, "sourceBytes"),
                        count(counters, "readBytes"),
                        count(counters, "chunks"),
                        count(counters, "newChunks"),
                        count(counters, "newBytes"),
                        count(counters, "storedBytes"),
                        last.progress().acknowledgedBytes()),
                Optional.empty(),
                totals(counters),
                count(counters, "wireBytesOut"),
                count(counters, "wireBytesIn"),
                0,
                0);
    }

    private static long count(Map<String, Long> counters, String name) {
        return counters.getOrDefault(name, 0L);
    }

    private static Optional<Job.Totals> totals(Map<String, Long> counters) {
        @Nullable Long entries = counters.get("totalEntries");
        return entries == null
                ? Optional.empty()
                : Optional.of(
                        new Job.Totals(entries, count(counters, "totalBytes"), count(counters, "totalsExact") == 1));
    }

    private static Optional<Job.Failure> failure(EndedJob ended) {
        return switch (ended.last().state()) {
            case JobState.Failed failed -> Optional.of(ended.refused() ? Job.Failure.REFUSED : Job.Failure.FAILED);
            case JobState.Cancelled cancelled -> Optional.empty();
            case JobState.Done done -> Optional.empty();
            case JobState.Running running -> Optional.empty();
            case JobState.Waiting waiting -> Optional.empty();
        };
    }

    private static String sentence(JobState state) {
        return state instanceof JobState.Failed failed ? failed.reason() : "";
    }

    /** What did not end, which no version writes, is shown as cancelled. */
    private static Job.State state(JobState state) {
        return switch (state) {
            case JobState.Failed failed -> Job.State.FAILED;
            case JobState.Done done -> Job.State.DONE;
            case JobState.Cancelled cancelled -> Job.State.CANCELLED;
            case JobState.Running running -> Job.State.CANCELLED;
            case JobState.Waiting waiting -> Job.State.CANCELLED;
        };
    }
}
