package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps, per job, who owns it and one small checkpoint; and of the whole site how its last jobs ended.
 *
 * <p>All methods may be called from any thread and block; calls for one job should not overlap. Each that talks to the store
 * gives up within a bounded time with {@link StoreUnavailableException}. What was returned is durable.
 *
 * <p>After a crash ownerships are gone (at once or when their lease ends) and checkpoints remain.
 */
public interface CheckpointStore extends AutoCloseable {
    /** The most writes that {@link #writeAll} takes at once. */
    int MAX_BATCH = 64;

    /** The most checkpoints on a page of {@link #list}. */
    int MAX_PAGE = 256;

    /** The most ended jobs of a site that are remembered. */
    int MAX_ENDED = 100;

    /**
     * Takes a job. Its fence is greater than that of every earlier ownership of the job.
     *
     * @param listener told if the ownership is lost otherwise than by {@link #release} or {@link #close}
     * @throws OwnedException if the job has an owner, this process included
     * @throws StoreUnavailableException if the store does not answer
     */
    Ownership claim(String jobId, LossListener listener) throws IOException;

    /**
     * Whether this process still owns it as far as can be known without asking; at once.
     */
    boolean isOwned(Ownership ownership);

    /** Returns who owns the job now. */
    Optional<Owner> owner(String jobId) throws IOException;

    /**
     * Writes checkpoints of different jobs in one transaction where possible, each guarded by its ownership: one that is lost
     * does not keep the others from being written.
     *
     * @param writes at most {@link #MAX_BATCH}, no job twice
     * @return the outcomes, in the order of the writes
     */
    List<WriteOutcome> writeAll(List<CheckpointWrite> writes);

    /**
     * Writes one checkpoint.
     *
     * @throws FencedException if the ownership was lost; nothing was written
     * @throws StoreUnavailableException if the outcome could not be learned; write again
     */
    default StoredCheckpoint write(Ownership ownership, Checkpoint checkpoint) throws IOException {
        return switch (writeAll(List.of(new CheckpointWrite(ownership, checkpoint)))
                .getFirst()) {
            case WriteOutcome.Written written -> written.stored();
            case WriteOutcome.Fenced fenced -> throw fenced.cause();
            case WriteOutcome.Unknown unknown -> throw unknown.cause();
        };
    }

    /**
     * Reads a job's checkpoint.
     *
     * @throws CorruptCheckpointException if it is damaged or was set back; the owner's next write replaces it
     */
    Optional<StoredCheckpoint> read(String jobId) throws IOException;

    /**
     * Lists checkpoints by job id.
     *
     * @param after the job id to start after; empty to start at the first
     * @param limit at most this many, 1 to {@link #MAX_PAGE}
     */
    CheckpointPage list(String after, int limit) throws IOException;

    /**
     * Deletes the job's checkpoint if it carries this attempt, whose owner calls.
     *
     * @throws FencedException if the ownership was lost; nothing was deleted
     */
    Deletion delete(Ownership ownership, String attempt) throws IOException;

    /**
     * Remembers how a run of the job ended, among the last {@link #MAX_ENDED} of the site; what is older is forgotten. In etcd it
     * is one transaction.
     *
     * @throws FencedException if the ownership was lost; nothing was written
     * @throws StoreUnavailableException if the outcome could not be learned; it may be noted again
     */
    void noteEnd(Ownership ownership, EndedJob ended) throws IOException;

    /**
     * Remembers the end of what nobody could own: nobody but the caller could have gone on with it. So no fence guards it, but its
     * run, which no other has: what is noted of it once stays as it is.
     *
     * @throws StoreUnavailableException if the outcome could not be learned; it may be noted again
     */
    void noteEnd(EndedJob ended) throws IOException;

    /** Returns how the site's last jobs ended, at most {@link #MAX_ENDED}. */
    EndedJobs ended() throws IOException;

    /** Gives the job up. Never fails: a store that does not answer learns of it later, or by the end of the lease. */
    void release(Ownership ownership);

    /** Returns how the store is; at once, without asking it. */
    StoreState state();

    default boolean isLive() {
        return state().health() == StoreState.Health.LIVE;
    }

    /** Releases what is owned, without telling the listeners. Idempotent. */
    @Override
    void close();
}
