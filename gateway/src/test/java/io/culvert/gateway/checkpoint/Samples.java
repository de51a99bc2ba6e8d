package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checkpoints for tests. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00.000000001Z");
    static final Replica REPLICA = new Replica("snapshot-2025", NOON.minusSeconds(3600));
    static final LossListener DEAF = (ownership, reason) -> {};

    private Samples() {}

    static Checkpoint running(String jobId, String attempt, long acknowledgedBytes) {
        return new Checkpoint(
                new Job(jobId, "finance", "busan", "main"),
                attempt,
                new JobState.Running(),
                new Progress(acknowledgedBytes, Map.of("files", 7L, "chunks", 1_000_000L)),
                null,
                NOON,
                NOON.plusSeconds(acknowledgedBytes),
                null);
    }

    static Checkpoint waiting(String jobId, String reason) {
        return new Checkpoint(
                new Job(jobId, "finance", "busan", "main"),
                "attempt-1",
                new JobState.Waiting(reason),
                new Progress(1L << 50, Map.of()),
                "snapshot-2026",
                NOON,
                NOON,
                null);
    }

    /** One that completed a snapshot before. */
    static Checkpoint completed(String jobId, String attempt, Replica newest) {
        Checkpoint running = running(jobId, attempt, 9);
        return new Checkpoint(
                running.job(),
                attempt,
                new JobState.Done(),
                running.progress(),
                newest.snapshotId(),
                NOON,
                NOON,
                newest);
    }

    static EndedJob ended(String run, String jobId, @Nullable Fence fence) {
        return new EndedJob(run, "replicate", completed(jobId, run + ".a1", REPLICA), fence, NOON, false);
    }

    /** As large as the bounds allow. */
    static EndedJob largestEnded(String jobId) {
        return new EndedJob(
                "r".repeat(Job.MAX_ID_BYTES),
                "k".repeat(EndedJob.MAX_KIND_BYTES),
                largest(jobId),
                new Fence(1, 2),
                null,
                true);
    }

    /** As large as the bounds allow. */
    static Checkpoint largest(String jobId) {
        var counters = new java.util.HashMap<String, Long>();
        for (int i = 0; i < Progress.MAX_COUNTERS; i++) {
            counters.put(String.format("%02d", i) + "n".repeat(Progress.MAX_COUNTER_NAME_BYTES - 2), Long.MAX_VALUE);
        }
        String name = "n".repeat(Job.MAX_NAME_BYTES);
        return new Checkpoint(
                new Job(jobId, name, name, name),
                "a".repeat(Checkpoint.MAX_ATTEMPT_BYTES),
                new JobState.Failed("가".repeat(JobState.MAX_REASON_BYTES)),
                new Progress(Long.MAX_VALUE, counters),
                "s".repeat(Checkpoint.MAX_SNAPSHOT_BYTES),
                NOON,
                NOON,
                new Replica("s".repeat(Checkpoint.MAX_SNAPSHOT_BYTES), NOON));
    }
}
