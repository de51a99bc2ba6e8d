package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Room that is kept free on the disk by a file that fills it, so that small files (snapshots, fences, the list of damages)
 * can be written when the disk is full.
 *
 * <p>States: kept → given (a small file needed the room) → kept (there is room again). Appends are refused while it is
 * given and cannot be taken back, so they never eat what the next snapshot needs. The content is random because a
 * compressing file system would keep no room for zeros.
 *
 * <p>The file of each owner of the pool has a name of its own, so that a former one cannot delete it; whoever opens the
 * pool gives the one that it finds its own name.
 */
final class Reserve {

    private final Disk disk;
    private final Path path;
    private final int bytes;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean kept;

    Reserve(Disk disk, Path path, int bytes) {
        this.disk = disk;
        this.path = path;
        this.bytes = bytes;
    }

    /** Makes sure that the room is kept. */
    void keep() throws IOException {
        if (kept) {
            return;
        }
        lock.lock();
        try {
            if (!kept) {
                fill();
                kept = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes with the room given away, if it is kept; nobody can keep it anew meanwhile. */
    void give(Write write) throws IOException {
        lock.lock();
        try {
            kept = false;
            if (disk.exists(path)) {
                disk.delete(path);
                disk.forceDirectory(AtomicFile.directory(path));
            }
            write.run();
        } finally {
            lock.unlock();
        }
    }

    /** A write of a small file. */
    @FunctionalInterface
    interface Write {
        void run() throws IOException;
    }

    private void fill() throws IOException {
        adopt();
        if (disk.exists(path)) {
            try (DiskFile file = disk.openForReading(path)) {
                if (file.sizeBytes() == bytes) {
                    return;
                }
            }
            disk.delete(path);
        }
        byte[] content = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(content);
        try (DiskFile file = disk.create(path)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.force();
        } catch (IOException failure) {
            disk.delete(path);
            throw failure;
        }
    }

    private void adopt() throws IOException {
        Path directory = AtomicFile.directory(path);
        for (String name : disk.list(directory)) {
            Path other = directory.resolve(name);
            if (name.startsWith(PoolLayout.RESERVE) && !other.equals(path)) {
                adopt(other);
            }
        }
    }

    private void adopt(Path other) throws IOException {
        try {
            if (disk.exists(path)) {
                disk.delete(other);
            } else {
                disk.rename(other, path);
            }
        } catch (NoSuchFileException deletedByItsOwner) {
            return;
        }
    }
}
