package io.culvert.gateway.checkpoint;

/** Told when an ownership is lost: stop the work now, write nothing more, claim again later. */
@FunctionalInterface
public interface LossListener {
    /**
     * Called at most once for each ownership, on a thread of the store or on the one whose write was refused, never after
     * {@link CheckpointStore#release}. It must not block.
     *
     * @param reason one sentence for people
     */
    void lost(Ownership ownership, String reason);
}
