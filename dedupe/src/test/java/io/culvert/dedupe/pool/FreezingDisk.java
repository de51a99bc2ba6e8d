package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What one machine sees of a disk that several share. At its n-th change the machine is frozen: the change is handed to
 * somebody else, who decides when it is made, and goes on with what came of it. Before whatever it does a machine lets
 * {@link Clock} pass. It can also report a write as failed that was made.
 */
final class FreezingDisk implements Disk {

    /** A change that is on its way to the disk. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws IOException;
    }

    /** Is given the change at which the machine is frozen, and answers when that goes on. */
    interface Freezer {
        <T> T freeze(Change<T> change) throws IOException;
    }

    /** Is told of every change, list and opening of a file. */
    @FunctionalInterface
    interface Clock {
        void tick();
    }

    private final Disk disk;
    private final Freezer freezer;
    private final Clock clock;
    private long changesLeft;
    private long changes;
    private boolean failingWrites;

    FreezingDisk(Disk disk, long changesLeft, Freezer freezer, Clock clock) {
        this.disk = disk;
        this.changesLeft = changesLeft;
        this.freezer = freezer;
        this.clock = clock;
    }

    /** Whether writes are made, and reported as failed. */
    void failWrites(boolean failing) {
        failingWrites = failing;
    }

    long changes() {
        return changes;
    }

    private <T> T change(Change<T> change) throws IOException {
        clock.tick();
        changes++;
        changesLeft--;
        return changesLeft == 0 ? freezer.freeze(change) : change.make();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        change(() -> {
            disk.createDirectories(directory);
            return true;
        });
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        clock.tick();
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        return change(() -> new File(disk.create(path)));
    }

    @Override
    public DiskFile openForWriting(Path path) throws IOException {
        return new File(disk.openForWriting(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        clock.tick();
        return disk.openForReading(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change(() -> {
            disk.rename(from, to);
            return true;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        change(() -> {
            disk.delete(path);
            return true;
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change(() -> {
            disk.forceDirectory(directory);
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

    private final class File implements DiskFile {
        private final DiskFile file;

        File(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long offsetBytes) throws IOException {
            return file.read(target, offsetBytes);
        }

        @Override
        public void write(ByteBuffer source, long offsetBytes) throws IOException {
            change(() -> {
                file.write(source, offsetBytes);
                return true;
            });
            if (failingWrites) {
                throw new IOException("Input/output error");
            }
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            change(() -> {
                file.truncate(sizeBytes);
                return true;
            });
        }

        @Override
        public void force() throws IOException {
            change(() -> {
                file.force();
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
