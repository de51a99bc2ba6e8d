package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.util.UUID;

/**
 * A checkpoint as the store holds it.
 *
 * @param sequence 1 for a job's first checkpoint, one more with each that replaces it
 * @param fence of the ownership that wrote it
 * @param operation the unique id of that write, by which its outcome can be read back
 */
public record StoredCheckpoint(Checkpoint checkpoint, long sequence, Fence fence, UUID operation) {}
