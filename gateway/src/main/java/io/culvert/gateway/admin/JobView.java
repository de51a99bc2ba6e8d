package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A job: one dataset, once, to one target.
 *
 * @param kind replicate, ingest or receive (a peer's replication into a pool here)
 * @param peer the other site; nothing: this job is local
 * @param pool where the snapshot is made
 * @param waitingFor while {@link JobState#WAITING}: because of what, one sentence
 * @param created when it was asked for
 * @param started when it first did something
 * @param attempt id that every object made by it carries
 * @param tries how often it began or resumed
 * @param fence of its ownership, {@code epoch.revision}
 * @param snapshot its id, once it is published
 * @param failure one sentence, when it failed
 * @param failureCategory decides the exit code of {@code --wait}
 */
public record JobView(
        String id,
        String kind,
        String dataset,
        Optional<String> peer,
        String pool,
        JobState state,
        Optional<String> waitingFor,
        JobProgress progress,
        Instant created,
        Optional<Instant> started,
        Optional<Instant> ended,
        String attempt,
        int tries,
        Optional<String> fence,
        Optional<String> snapshot,
        Optional<String> failure,
        Optional<FailureCategory> failureCategory) {}
