package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;

/**
 * The proof that this process owns a job: made by {@link CheckpointStore#claim}, shown at each write. It stays a value after
 * the ownership is lost; the store then answers {@link FencedException}.
 */
public record Ownership(String jobId, Fence fence, Owner owner) {}
