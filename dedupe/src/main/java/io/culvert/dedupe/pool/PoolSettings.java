package io.culvert.dedupe.pool;

import java.nio.file.Path;

/**
 * What a pool is called, where it lies, and its bounds.
 *
 * @param quotaBytes most bytes that its files may take, 0 for no limit but the disk
 * @param containerBytes a container that reaches this is closed and a new one begun
 * @param cacheBytes decoded segments kept in memory for reading
 * @param reserveBytes room kept free on the disk for snapshots
 */
public record PoolSettings(
        String name, Path path, long quotaBytes, int containerBytes, int cacheBytes, int reserveBytes) {

    private static final int MIN_CONTAINER_BYTES = 4096;
    private static final int MAX_CONTAINER_BYTES = 1 << 30;

    public PoolSettings {
        if (quotaBytes < 0) {
            throw new IllegalArgumentException("quotaBytes must be >= 0, was " + quotaBytes);
        }
        if (containerBytes < MIN_CONTAINER_BYTES || containerBytes > MAX_CONTAINER_BYTES) {
            throw new IllegalArgumentException("containerBytes must be within " + MIN_CONTAINER_BYTES + ".."
                    + MAX_CONTAINER_BYTES + ", was " + containerBytes);
        }
        if (cacheBytes < 0 || reserveBytes < 0) {
            throw new IllegalArgumentException(
                    "cacheBytes and reserveBytes must be >= 0, were " + cacheBytes + " and " + reserveBytes);
        }
    }

    /** The same, called otherwise. */
    PoolSettings named(String other) {
        return new PoolSettings(other, path, quotaBytes, containerBytes, cacheBytes, reserveBytes);
    }

    /** Containers of 128 MiB, 32 MiB of cache, 4 MiB of reserve. */
    public static PoolSettings of(String name, Path path, long quotaBytes) {
        return new PoolSettings(name, path, quotaBytes, 128 << 20, 32 << 20, 4 << 20);
    }
}
