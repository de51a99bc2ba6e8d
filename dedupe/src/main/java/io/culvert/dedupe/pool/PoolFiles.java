package io.culvert.dedupe.pool;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The parts of an open pool that stand for its files; holds its lock. */
final class PoolFiles implements Closeable {

    private final PoolSettings settings;
    private final Disk disk;
    private final PoolLayout layout;
    private final AutoCloseable lock;
    private final ContainerNames names;
    private final Reserve reserve;
    private final AtomicFile atomic;
    private final Quarantine quarantine;
    private final Quarantine skipped;
    private final IndexFiles index;
    private final SegmentDecoder decoder = new SegmentDecoder();
    private final FenceRegistry fences;
    private final AtomicLong withdrawals = new AtomicLong();

    private PoolFiles(PoolSettings settings, Disk disk, PoolLayout layout, AutoCloseable lock) {
        this.settings = settings;
        this.disk = disk;
        this.layout = layout;
        this.lock = lock;
        this.names = new ContainerNames(layout.containers());
        this.reserve = new Reserve(disk, layout.reserve(), settings.reserveBytes());
        this.atomic = new AtomicFile(disk, reserve);
        this.quarantine = new Quarantine(atomic, layout.damaged());
        this.skipped = new Quarantine(atomic, layout.skipped());
        this.index = new IndexFiles(disk, atomic, layout.index());
        this.fences = new FenceRegistry(atomic, layout.root());
    }

    /** Takes the lock, then makes or recognises the directories. */
    static PoolFiles open(PoolSettings settings, Disk disk) throws IOException {
        PoolLayout layout = new PoolLayout(settings.path());
        disk.createDirectories(layout.root());
        AutoCloseable lock;
        try {
            lock = disk.lock(layout.lock());
        } catch (IOException taken) {
            throw new IOException(
                    "pool " + settings.name() + " (" + settings.path() + ") cannot be opened: " + taken.getMessage(),
                    taken);
        }
        PoolFiles files = new PoolFiles(settings, disk, layout, lock);
        try {
            layout.prepare(disk, files.atomic);
            return files;
        } catch (IOException | RuntimeException failure) {
            files.close();
            throw failure;
        }
    }

    /** Reads what is known of damage and fences, and keeps room if there is any. */
    void load(RecoveryReport.Builder report) throws IOException {
        quarantine.load(disk, report);
        skipped.load(disk, report);
        fences.load(disk, report);
        try {
            reserve.keep();
        } catch (DiskFullException full) {
            report.note("the disk is full: nothing can be appended until there is room");
        }
    }

    Recovery recovery(RecoveryReport.Builder report) {
        return new Recovery(this, report);
    }

    Disk disk() {
        return disk;
    }

    PoolLayout layout() {
        return layout;
    }

    ContainerNames names() {
        return names;
    }

    Reserve reserve() {
        return reserve;
    }

    AtomicFile atomic() {
        return atomic;
    }

    Quarantine quarantine() {
        return quarantine;
    }

    /** Ranges that a power cut tore and that were never promised to anybody: no damage, nothing to read. */
    Quarantine skipped() {
        return skipped;
    }

    IndexFiles index() {
        return index;
    }

    SegmentDecoder decoder() {
        return decoder;
    }

    FenceRegistry fences() {
        return fences;
    }

    long freeBytes() throws IOException {
        return disk.usableBytes(settings.path());
    }

    /** How often chunks that were here have ceased to be. */
    long withdrawals() {
        return withdrawals.get();
    }

    /** Makes a range of a container count as absent; true if it did not before. */
    boolean withdraw(int container, int fromBytes, int toBytes) throws IOException {
        withdrawals.incrementAndGet();
        return quarantine.add(container, fromBytes, toBytes);
    }

    @Override
    public void close() throws IOException {
        decoder.close();
        try {
            lock.close();
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("the lock of " + layout.root() + " could not be released", failure);
        }
    }
}
