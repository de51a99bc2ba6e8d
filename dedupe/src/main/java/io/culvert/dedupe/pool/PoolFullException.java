package io.culvert.dedupe.pool;

import java.io.IOException;

/**
 * The pool has no room for a write: its quota or its disk is full. Nothing of the write was kept and nothing is damaged; the
 * same write succeeds, without reopening, once there is room.
 */
public final class PoolFullException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String pool;
    private final long neededBytes;
    private final long availableBytes;

    private PoolFullException(String pool, String message, long neededBytes, long availableBytes) {
        super(message);
        this.pool = pool;
        this.neededBytes = neededBytes;
        this.availableBytes = availableBytes;
    }

    static PoolFullException quota(PoolSettings settings, long usedBytes, long neededBytes) {
        String message = String.format(
                "pool %s is full: %,d bytes needed, %,d of its quota of %,d bytes used; raise the quota in the site"
                        + " file (deleting snapshots gives no room back yet)",
                settings.name(), neededBytes, usedBytes, settings.quotaBytes());
        return new PoolFullException(
                settings.name(), message, neededBytes, Math.max(0, settings.quotaBytes() - usedBytes));
    }

    static PoolFullException disk(PoolSettings settings, long freeBytes, long neededBytes, IOException cause) {
        String message = String.format(
                "the disk of pool %s (%s) is full: %,d bytes needed, %,d free, of which %,d are kept for snapshots; make"
                        + " room there (deleting snapshots gives none back yet)",
                settings.name(), settings.path(), neededBytes, freeBytes, settings.reserveBytes());
        PoolFullException full = new PoolFullException(settings.name(), message, neededBytes, freeBytes);
        full.initCause(cause);
        return full;
    }

    /** Name of the pool that is full. */
    public String pool() {
        return pool;
    }

    public long neededBytes() {
        return neededBytes;
    }

    /** What was left of the quota, or of the disk. */
    public long availableBytes() {
        return availableBytes;
    }
}
