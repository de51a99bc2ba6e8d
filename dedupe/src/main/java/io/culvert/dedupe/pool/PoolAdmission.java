package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What lets an opener into a pool's directory, in this order: it is the pool that is expected, the lock is free, no other
 * owner has it, it is a pool or may become one, what a former owner was about to rename is gone, and the new owner is
 * recorded. Nothing is changed before the first three hold, and nothing is read before the last.
 *
 * @param disk lets changes through only while the ownership is live
 */
record PoolAdmission(
        PoolOpening opening,
        Disk disk,
        PoolLayout layout,
        AutoCloseable lock,
        Reserve reserve,
        AtomicFile atomic,
        UUID id,
        Tenure tenure) {

    static PoolAdmission admit(PoolOpening opening, Disk raw) throws IOException {
        PoolOwnership mine = opening.ownership();
        @Nullable OwnerGuard guard = mine == null ? null : new OwnerGuard(mine, opening.pool());
        Disk disk = guard == null ? raw : new OwnedDisk(raw, guard);
        Path root = opening.settings().path();
        PoolLayout layout = new PoolLayout(root);
        Reserve reserve = new Reserve(
                disk, layout.reserve(opening.tag()), opening.settings().reserveBytes());
        AtomicFile atomic = new AtomicFile(disk, reserve, opening.tag());
        PoolId id = new PoolId(disk, atomic, layout.id());
        OwnerFile owner = new OwnerFile(disk, atomic, layout);
        id.require(opening, disk.exists(layout.format()));
        if (opening.expectedId() == null) {
            disk.createDirectories(root);
        }
        AutoCloseable lock = lock(opening, disk, layout, owner);
        try {
            Tenure.refuseUnlessNext(opening, owner.load());
            id.require(opening, disk.exists(layout.format()));
            UUID there = layout.prepare(disk, atomic, id);
            Tenure tenure = Tenure.begin(opening, owner, guard);
            return new PoolAdmission(opening, disk, layout, lock, reserve, atomic, there, tenure);
        } catch (IOException | RuntimeException failure) {
            release(lock, failure);
            throw failure;
        }
    }

    private static AutoCloseable lock(PoolOpening opening, Disk disk, PoolLayout layout, OwnerFile owner)
            throws IOException {
        PoolOwnership mine = opening.ownership();
        try {
            return disk.lock(layout.lock(), mine == null ? LockRange.ALL : LockRange.of(mine.fence()));
        } catch (IOException taken) {
            Tenure.refuseUnlessNext(opening, owner.load());
            throw new IOException(opening.pool() + " cannot be opened: " + taken.getMessage(), taken);
        }
    }

    private static void release(AutoCloseable lock, Exception failure) {
        try {
            lock.close();
        } catch (Exception second) {
            failure.addSuppressed(second);
        }
    }
}
