package io.culvert.dedupe.pool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that remembers what was forced, so that its power can be cut: each file keeps its forced bytes and a
 * random subset of the writes after them, each whole, torn after some bytes or torn by sectors ({@link FaultNode}); names
 * keep what was forced and a random prefix of the changes after it ({@link FaultNames}).
 *
 * <p>It can also be full, fail the fsync of chosen files (and lose what that would have forced, as Linux does), and stop
 * everything at the n-th change.
 */
final class FaultDisk implements Disk {

    private final ReentrantLock lock = new ReentrantLock();
    private final FaultNames names = new FaultNames();
    private final Set<Lock> locks = new HashSet<>();
    private long capacityBytes = Long.MAX_VALUE;
    private long usedBytes;
    private Predicate<Path> failingForce = path -> false;
    private long changesLeft = Long.MAX_VALUE;
    private long changes;
    private int life;

    /** Limits the sum of all files. */
    void capacity(long bytes) {
        lock.lock();
        try {
            capacityBytes = bytes;
        } finally {
            lock.unlock();
        }
    }

    long usedBytes() {
        lock.lock();
        try {
            return usedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the fsync of these files fail, and what it should have forced disappear with the next power cut. */
    void failForceOf(Predicate<Path> paths) {
        lock.lock();
        try {
            failingForce = paths;
        } finally {
            lock.unlock();
        }
    }

    /** After so many changes more nothing works any longer, until {@link #cutPower} or {@link #kill}. */
    void stopAfter(long count) {
        lock.lock();
        try {
            changesLeft = count;
        } finally {
            lock.unlock();
        }
    }

    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the process: open files and locks are gone, what was written stays. */
    void kill() {
        lock.lock();
        try {
            life++;
            locks.clear();
            changesLeft = Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the machine. */
    void cutPower(RandomGenerator random) {
        lock.lock();
        try {
            kill();
            usedBytes = names.cutPower(random);
        } finally {
            lock.unlock();
        }
    }

    /** The bytes of a file, for tests that damage them. */
    byte[] bytes(Path path) {
        lock.lock();
        try {
            return names.node(path).content();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("the disk has no " + path, e);
        } finally {
            lock.unlock();
        }
    }

    /** Replaces the bytes of a file, durably and without counting as a change. */
    void replace(Path path, byte[] bytes) {
        lock.lock();
        try {
            usedBytes += names.replace(path, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** A copy of all that is there, as if it had been forced. */
    FaultDisk copy() {
        FaultDisk copy = new FaultDisk();
        lock.lock();
        try {
            copy.usedBytes = names.copyTo(copy.names);
        } finally {
            lock.unlock();
        }
        return copy;
    }

    @Override
    public void createDirectories(Path directory) {
        lock.lock();
        try {
            names.addDirectories(directory);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        lock.lock();
        try {
            return names.in(directory);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean exists(Path path) {
        lock.lock();
        try {
            return names.contains(path);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        lock.lock();
        try {
            change();
            return new File(path, names.create(path), true);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public DiskFile openForWriting(Path path) throws IOException {
        return new File(path, node(path), true);
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return new File(path, node(path), false);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        lock.lock();
        try {
            change();
            usedBytes -= names.rename(from, to);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        lock.lock();
        try {
            change();
            usedBytes -= names.delete(path);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        lock.lock();
        try {
            change();
            names.force(directory);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long usableBytes(Path directory) {
        lock.lock();
        try {
            return Math.max(0, capacityBytes - usedBytes);
        } finally {
            lock.unlock();
        }
    }

    private record Lock(Path path, LockRange range) {
        boolean excludes(Lock other) {
            return path.equals(other.path) && range.overlaps(other.range);
        }
    }

    @Override
    public AutoCloseable lock(Path path, LockRange range) throws IOException {
        Lock wanted = new Lock(path, range);
        lock.lock();
        try {
            if (locks.stream().anyMatch(wanted::excludes)) {
                throw new IOException("already in use by this process");
            }
            locks.add(wanted);
            int mine = life;
            return () -> unlock(wanted, mine);
        } finally {
            lock.unlock();
        }
    }

    private void unlock(Lock held, int takenInLife) {
        lock.lock();
        try {
            if (takenInLife == life) {
                locks.remove(held);
            }
        } finally {
            lock.unlock();
        }
    }

    private FaultNode node(Path path) throws IOException {
        lock.lock();
        try {
            return names.node(path);
        } finally {
            lock.unlock();
        }
    }

    private void change() throws IOException {
        if (changesLeft == 0) {
            throw new IOException("the machine has stopped");
        }
        changesLeft--;
        changes++;
    }

    private final class File implements DiskFile {
        private final Path path;
        private final FaultNode node;
        private final boolean writable;
        private final int openedInLife = life;
        private boolean closed;

        File(Path path, FaultNode node, boolean writable) {
            this.path = path;
            this.node = node;
            this.writable = writable;
        }

        @Override
        public int read(ByteBuffer target, long offsetBytes) throws IOException {
            lock.lock();
            try {
                refuseIfClosed();
                return node.read(target, offsetBytes);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void write(ByteBuffer source, long offsetBytes) throws IOException {
            lock.lock();
            try {
                refuseIfReadOnly();
                long grows = Math.max(0, offsetBytes + source.remaining() - node.size());
                int fits = (int) Math.min(source.remaining(), source.remaining() - grows + capacityBytes - usedBytes);
                byte[] bytes = new byte[Math.max(0, fits)];
                boolean full = fits < source.remaining();
                source.get(bytes);
                usedBytes += node.write((int) offsetBytes, bytes);
                if (full) {
                    throw new DiskFullException("no room to write " + path);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long sizeBytes() throws IOException {
            lock.lock();
            try {
                refuseIfClosed();
                return node.size();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            lock.lock();
            try {
                refuseIfReadOnly();
                usedBytes -= node.truncate(sizeBytes);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void force() throws IOException {
            lock.lock();
            try {
                refuseIfClosed();
                change();
                if (failingForce.test(path)) {
                    node.loseUnforced();
                    throw new IOException("fsync of " + path + " failed: Input/output error");
                }
                node.force();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
        }

        private void refuseIfReadOnly() throws IOException {
            refuseIfClosed();
            change();
            if (!writable) {
                throw new FileNotFoundException(path + " is open for reading only");
            }
        }

        private void refuseIfClosed() throws IOException {
            if (closed || openedInLife != life) {
                throw new IOException(path + " is closed");
            }
        }
    }
}
