package io.culvert.dedupe.pool;

import java.util.Optional;

/**
 * What a pool holds and what it takes.
 *
 * @param quotaBytes its quota, 0 for none
 * @param usedBytes bytes of all its files but the reserve
 * @param freeBytes bytes that the disk still has
 * @param containers count of containers
 * @param chunks count of distinct chunks
 * @param rawBytes sum of their lengths
 * @param storedBytes bytes of the containers
 * @param indexBytes bytes of the index's files
 * @param indexMemoryBytes bytes of memory that grow with the index
 * @param damagedRanges ranges of containers in quarantine
 * @param failure why nothing can be written since an fsync failed, if one did
 * @param trouble what keeps the pool from its housekeeping, if anything does
 */
public record PoolUsage(
        long quotaBytes,
        long usedBytes,
        long freeBytes,
        int containers,
        long chunks,
        long rawBytes,
        long storedBytes,
        long indexBytes,
        long indexMemoryBytes,
        int damagedRanges,
        Optional<String> failure,
        Optional<String> trouble) {}
