package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk whose every change is let through by an {@link OwnerGuard} first. What is forced counts only if the lease is live
 * afterwards, too: else it may have reached a shared disk after the next owner had looked.
 */
final class OwnedDisk implements Disk {

    private final Disk disk;
    private final OwnerGuard guard;

    OwnedDisk(Disk disk, OwnerGuard guard) {
        this.disk = disk;
        this.guard = guard;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        guard.make(() -> {
            disk.createDirectories(directory);
            return true;
        });
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        return guard.make(() -> new OwnedFile(disk.create(path), guard));
    }

    @Override
    public DiskFile openForWriting(Path path) throws IOException {
        return new OwnedFile(disk.openForWriting(path), guard);
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return disk.openForReading(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        guard.make(() -> {
            disk.rename(from, to);
            return true;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        guard.make(() -> {
            disk.delete(path);
            return true;
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        guard.make(() -> {
            disk.forceDirectory(directory);
            guard.check();
            return true;
        });
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public AutoCloseable lock(Path path, LockRange range) throws IOException {
        return disk.lock(path, range);
    }
}
