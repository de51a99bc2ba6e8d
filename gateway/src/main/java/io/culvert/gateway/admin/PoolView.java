package io.culvert.gateway.admin;

import java.util.Optional;

/**
 * A pool of this site.
 *
 * @param state open, full, failed or elsewhere
 * @param reason one sentence when it is not open; empty when it is
 * @param usedBytes on disk, containers and index
 * @param rawBytes of its chunks before compression
 * @param freeBytes until quota or disk is full, whichever comes first
 */
public record PoolView(
        String name,
        String path,
        State state,
        String reason,
        Optional<Long> quotaBytes,
        long usedBytes,
        long freeBytes,
        long rawBytes,
        long chunks,
        long containers,
        long snapshots) {

    /** Whether it takes data in. */
    public enum State {
        OPEN,
        FULL,
        FAILED,
        /** Another gateway of the site has it, or none at the moment. */
        ELSEWHERE
    }
}
