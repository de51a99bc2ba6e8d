package io.culvert.gateway.checkpoint;

/** What became of one write of a batch. */
public sealed interface WriteOutcome {
    /** It is durable. */
    record Written(StoredCheckpoint stored) implements WriteOutcome {}

    /** The ownership is lost and nothing was changed: stop the work. */
    record Fenced(FencedException cause) implements WriteOutcome {}

    /**
     * The store did not say. The write may have landed or may not; it cannot land after a later owner's claim. Write the
     * newest checkpoint again.
     */
    record Unknown(StoreUnavailableException cause) implements WriteOutcome {}
}
