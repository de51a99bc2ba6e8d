package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A store of chunks in a directory: what is appended is there at once, durable after {@link #force}, found by fingerprint,
 * and hashed again whenever it is read. Safe for concurrent use by any number of sessions.
 *
 * <p>After SIGKILL or a power cut at any point {@link #open} brings back every chunk that a returned {@code force} covered,
 * and nothing that is not whole. The directory belongs to one open pool at a time, which of several gateways that see it is
 * the one that has the {@link PoolOwnership}: as soon as its {@link WriteGuard} says no, the pool refuses whatever would write
 * with a {@link NotOwnerException} and goes on reading.
 *
 * <p>If an fsync fails, the bytes that it covered are lost for good, whatever a second fsync may say. The pool then
 * withdraws them, refuses to append, force and publish, so that no session acknowledges what rests on them, and goes on
 * reading. The next {@link #writer} has it go on in a new container if the disk writes again; writers handed out before
 * the failure stay refused.
 */
public final class Pool implements ChunkSource, AutoCloseable {

    private volatile PoolSettings settings;
    private final PoolFiles files;
    private final ReentrantLock appending;
    private final Containers containers;
    private final ChunkIndex index;
    private final PoolReader reader;
    private final SnapshotCatalogue snapshots;
    private final RecoveryReport recovery;
    private final Maintenance maintenance;
    private boolean closed;

    private Pool(PoolOpening opening, PoolFiles files, Executor background, Recovery recovered, ChunkIndex index) {
        this.settings = opening.settings();
        this.files = files;
        this.index = index;
        this.recovery = recovered.report();
        this.appending = new ReentrantLock();
        this.containers =
                new Containers(files, settings.containerBytes(), opening.clock(), appending, recovered, this::withdraw);
        this.reader = new PoolReader(files, index, settings.cacheBytes());
        this.snapshots = new SnapshotCatalogue(
                files.disk(), files.atomic(), files.layout().snapshots(), this::settle);
        this.maintenance = new Maintenance(index, background);
    }

    /**
     * Opens a pool, making it if the directory is empty or absent, and recovers it.
     *
     * @throws IOException if it is open already (the message says by whom), is not a pool, or cannot be read
     */
    public static Pool open(PoolSettings settings, InstantSource clock) throws IOException {
        return open(PoolOpening.of(settings, clock));
    }

    /**
     * Opens a pool as a particular one, or under an ownership. An owner takes it over from one that did not close it,
     * whether that one is dead or hangs; whatever it then still writes is no part of the pool (see the package comment).
     *
     * @throws NotOwnerException if the ownership's fence is not higher than that of every earlier opening, or its lease is
     *     not live
     * @throws IOException if another pool, or none, lies there and one was expected; if it has an owner and there is no
     *     ownership; and as above
     */
    public static Pool open(PoolOpening opening) throws IOException {
        return open(
                opening,
                new LocalDisk(),
                Maintenance.ownThread(opening.settings().name()));
    }

    static Pool open(PoolSettings settings, InstantSource clock, Disk disk, Executor background) throws IOException {
        return open(PoolOpening.of(settings, clock), disk, background);
    }

    static Pool open(PoolOpening opening, Disk disk, Executor background) throws IOException {
        PoolFiles files = PoolFiles.open(opening, disk);
        try {
            RecoveryReport.Builder report = new RecoveryReport.Builder();
            files.load(report);
            Recovery recovered = files.recovery(report);
            ChunkIndex index = recovered.run();
            return new Pool(opening, files, background, recovered, index).start(recovered.seal());
        } catch (IOException | RuntimeException failure) {
            files.close();
            throw failure;
        }
    }

    private Pool start(Seal seal) throws IOException {
        try {
            files.tenure().settle(seal);
            containers.reopenLast();
            snapshots.sweep();
            for (Snapshot snapshot : snapshots.list().snapshots()) {
                files.fences().atLeast(snapshot.site(), snapshot.dataset(), snapshot.fence());
            }
            return this;
        } catch (IOException | RuntimeException failure) {
            try (index;
                    containers) {
                throw failure;
            }
        }
    }

    public String name() {
        return settings.name();
    }

    /** Calls it otherwise from now on, for people; on disk it has no name. What is under way in it goes on. */
    public void rename(String name) {
        settings = settings.named(name);
    }

    /**
     * The id of the pool that lies in a directory, which may be open elsewhere; empty if none does, or one that never got an id.
     *
     * @throws io.culvert.dedupe.chunk.CorruptChunkException if its file is damaged
     */
    public static Optional<UUID> idAt(Path directory) throws IOException {
        return PoolId.readAt(new LocalDisk(), new PoolLayout(directory));
    }

    /** Tells this pool from every other, wherever it is mounted; made with the pool. */
    public UUID id() {
        return files.id();
    }

    /** What opening it found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /** The positions of the chunks that are not here, or not with that length. */
    public BitSet missing(List<ChunkRef> chunks) throws IOException {
        return index.missing(chunks);
    }

    public boolean contains(Fingerprint fingerprint) throws IOException {
        return index.find(fingerprint) != null;
    }

    /**
     * Stores a segment as it came; its chunks are visible at once and durable after {@link #force}.
     *
     * <p>A segment all of whose chunks are here is not stored. One of which some are here is stored whole: to trim it would
     * mean to decompress and compress again, and a sender that asked what is missing does not send such segments but in a
     * race. A chunk that is here already keeps its place and is not counted twice.
     *
     * @param attempt id of the attempt that sends it, at most 255 bytes
     * @throws PoolFullException if the quota or the disk is full; nothing is kept
     */
    public void append(VerifiedSegment segment, String attempt) throws IOException {
        append(segment, attempt, containers.generation());
    }

    void append(VerifiedSegment segment, String attempt, long generation) throws IOException {
        List<ChunkRef> chunks = segment.chunks();
        Segment stored = segment.segment();
        RecordImage record = RecordImage.of(stored.codec().id(), chunks, attempt, stored.payload());
        boolean grown;
        appending.lock();
        try {
            refuseUnlessOpen();
            containers.refuseUnless(generation);
            BitSet missing = index.missing(chunks);
            if (missing.isEmpty()) {
                return;
            }
            grown = store(record, chunks, missing);
        } catch (DiskFullException full) {
            throw PoolFullException.disk(settings, files.freeBytes(), record.recordBytes(), full);
        } finally {
            appending.unlock();
        }
        if (grown) {
            maintenance.wake();
        }
    }

    /** Makes durable everything that was appended before the call; one fsync serves all who wait. */
    public void force() throws IOException {
        force(containers.generation());
    }

    void force(long generation) throws IOException {
        files.tenure().check();
        try {
            containers.force(generation);
        } catch (IOException failure) {
            throw files.tenure().explained(failure);
        }
    }

    /**
     * The right to write, for one session. After a failed fsync it begins a new container first, so that sessions go on
     * by starting anew as soon as the disk writes again.
     *
     * @throws PoolFullException if it does not for want of room
     * @throws IOException if the disk still does not write
     */
    public PoolWriter writer() throws IOException {
        appending.lock();
        try {
            refuseUnlessOpen();
            containers.resume();
            return new PoolWriter(this, containers.generation());
        } catch (DiskFullException full) {
            throw PoolFullException.disk(settings, files.freeBytes(), ContainerHeader.BYTES, full);
        } finally {
            appending.unlock();
        }
    }

    /** Hands out chunks, each hashed again; a damaged segment is quarantined and its chunks count as missing from then on. */
    @Override
    public void read(List<ChunkRef> chunks, ChunkSink sink) throws IOException {
        reader.read(chunks, sink);
    }

    /**
     * The stored segments that hold chunks, in the order in which the chunks are asked for, each segment once; so that a
     * sender can forward compressed bytes.
     *
     * @throws io.culvert.dedupe.chunk.CorruptChunkException if a chunk is missing or its segment's table is damaged
     */
    public List<StoredSegment> locate(List<ChunkRef> chunks) throws IOException {
        return reader.locate(chunks);
    }

    /** Reads the payload of a located segment as it was stored: its checksum holds, its chunks are not hashed. */
    public Segment load(StoredSegment segment) throws IOException {
        return reader.load(segment);
    }

    /**
     * Makes the evidence that {@link SnapshotCatalogue#publish} wants: runs the walk, which throws unless all below the root
     * is here.
     */
    public ClosureProof proveClosure(ChunkRef root, ClosureProof.Walk walk) throws IOException {
        long before = files.withdrawals();
        walk.from(root);
        return new ClosureProof(root, before);
    }

    public SnapshotCatalogue snapshots() {
        return snapshots;
    }

    public FenceRegistry fences() {
        return files.fences();
    }

    public PoolUsage usage() throws IOException {
        long indexBytes = index.fileBytes();
        return new PoolUsage(
                settings.quotaBytes(),
                containers.storedBytes() + indexBytes + snapshots.bytes(),
                files.freeBytes(),
                files.containers().size(),
                index.chunks(),
                index.rawBytes(),
                containers.storedBytes(),
                indexBytes,
                index.memoryBytes(),
                files.quarantine().count(),
                files.tenure().lost().or(containers::failure),
                maintenance.failure());
    }

    /** Reads and hashes again everything in the containers; what is damaged is quarantined and listed. */
    public VerifyReport verify(VerifyProgress progress) throws IOException {
        SortedMap<Integer, Integer> complete;
        appending.lock();
        try {
            complete = containers.sizes();
        } finally {
            appending.unlock();
        }
        return new PoolVerifier(files, index, reader).containers(complete, progress);
    }

    /** Reads and hashes again the given chunks, which may be very many; lists what is damaged or missing. */
    public VerifyReport verify(Iterable<ChunkRef> chunks, VerifyProgress progress) throws IOException {
        return new PoolVerifier(files, index, reader).chunks(chunks, progress);
    }

    /**
     * Forces what was appended and writes the index out, so that the next open has nothing to scan, and records that an owner
     * has closed it. Of an owner that has been replaced it writes nothing.
     */
    @Override
    public void close() throws IOException {
        appending.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            closeInOrder();
        } catch (IOException failure) {
            if (files.tenure().isLive()) {
                throw failure;
            }
        } finally {
            appending.unlock();
        }
    }

    private void closeInOrder() throws IOException {
        try (files;
                index;
                containers) {
            if (files.tenure().isLive()) {
                containers.forceNow();
                writeOutIfThereIsRoom();
            }
        }
    }

    /** On a full disk the next open reads the containers from the last checkpoint on instead; nothing is lost. */
    private void writeOutIfThereIsRoom() throws IOException {
        try {
            index.writeOut(containers.sizes());
        } catch (DiskFullException full) {
            maintenance.failed(full);
        }
    }

    /** Answers whether the index has grown by a run. */
    private boolean store(RecordImage record, List<ChunkRef> chunks, BitSet missing) throws IOException {
        long used = containers.storedBytes() + index.fileBytes();
        if (settings.quotaBytes() > 0 && used + record.recordBytes() > settings.quotaBytes()) {
            throw PoolFullException.quota(settings, used, record.recordBytes());
        }
        boolean full = index.room() < missing.cardinality();
        if (full) {
            containers.forceNow();
            index.writeOut(containers.sizes());
        }
        Containers.Written at = containers.append(record);
        for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
            ChunkRef chunk = chunks.get(i);
            index.insert(chunk.fingerprint(), new Place(at.container(), at.offsetBytes(), i, chunk.lengthBytes()));
        }
        return full;
    }

    private void withdraw(int container, int fromBytes) throws IOException {
        index.withdraw(container, fromBytes);
        files.withdraw(container, fromBytes, Integer.MAX_VALUE);
    }

    private void settle(
            Snapshot snapshot, ClosureProof proof, SnapshotCatalogue.Gate.Fencing fencing, FenceRegistry.Write write)
            throws IOException {
        force();
        if (proof.withdrawals() != files.withdrawals()) {
            throw new IOException("chunks of pool " + settings.name()
                    + " were lost or found damaged since the snapshot was checked; run the job again");
        }
        switch (fencing) {
            case REFUSES -> files.fences().holding(snapshot.site(), snapshot.dataset(), snapshot.fence(), write);
            case ADOPTS -> files.fences().adopting(snapshot.site(), snapshot.dataset(), snapshot.fence(), write);
        }
    }

    private void refuseUnlessOpen() throws IOException {
        if (closed) {
            throw new IOException("pool " + settings.name() + " is closed");
        }
        files.tenure().check();
    }
}
