package io.culvert.dedupe.pool;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** The parts of an open pool that stand for its files; holds its lock, and its tenure. */
final class PoolFiles implements Closeable {

    private final PoolSettings settings;
    private final UUID id;
    private final Tenure tenure;
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

    private PoolFiles(PoolAdmission admitted) {
        this.settings = admitted.opening().settings();
        this.id = admitted.id();
        this.tenure = admitted.tenure();
        this.disk = admitted.disk();
        this.layout = admitted.layout();
        this.lock = admitted.lock();
        this.names = new ContainerNames(layout.containers());
        this.reserve = admitted.reserve();
        this.atomic = admitted.atomic();
        this.quarantine = new Quarantine(atomic, layout.damaged());
        this.skipped = new Quarantine(atomic, layout.skipped());
        this.index = new IndexFiles(disk, atomic, layout.index(), tenure.firstRun());
        this.fences = new FenceRegistry(atomic, layout.root());
    }

    /** Takes the lock, makes or recognises the directories, and records the owner if there is one. */
    static PoolFiles open(PoolOpening opening, Disk disk) throws IOException {
        return new PoolFiles(PoolAdmission.admit(opening, disk));
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

    UUID id() {
        return id;
    }

    Tenure tenure() {
        return tenure;
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

    /** The numbers of the containers that are there and part of the pool, ascending. */
    List<Integer> containers() throws IOException {
        return tenure.seals().counting(names.numbers(disk));
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
        try (lock) {
            tenure.end();
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("the lock of " + layout.root() + " could not be released", failure);
        }
    }
}
