package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The snapshots of a pool, one file each. A snapshot is there, whole, or not at all.
 *
 * <p>Deleting one removes that file and nothing else; the room of its chunks comes back with the next sweep. A damaged file
 * is listed as such and never hidden. Safe for concurrent use.
 */
public final class SnapshotCatalogue {

    private static final String SUFFIX = ".snap";
    private static final int MAX_AMBIGUOUS = 10;

    /**
     * What a publication needs of the pool: everything durable, the proof still good, and the fence not overtaken until
     * the write has returned. Its lock comes before that of the catalogue.
     */
    @FunctionalInterface
    interface Gate {

        /** What becomes of a snapshot whose fence was overtaken. */
        enum Fencing {
            /** Whoever wrote it has been overtaken. */
            REFUSES,
            /** It was whole before, in another pool of the site. */
            ADOPTS
        }

        void settle(Snapshot snapshot, ClosureProof proof, Fencing fencing, FenceRegistry.Write write)
                throws IOException;
    }

    private final Disk disk;
    private final AtomicFile files;
    private final Path directory;
    private final Gate gate;
    private final ReentrantLock lock = new ReentrantLock();

    SnapshotCatalogue(Disk disk, AtomicFile files, Path directory, Gate gate) {
        this.disk = disk;
        this.files = files;
        this.directory = directory;
        this.gate = gate;
    }

    /**
     * Makes a snapshot visible, durably; forces the pool first. Publishing the same snapshot again does nothing.
     *
     * @throws IllegalArgumentException if the proof is not of the snapshot's root
     * @throws FencedException if the dataset has seen a higher fence than the snapshot's
     * @throws IOException if the proof is void by now, another snapshot has this id, or it cannot be written
     */
    public void publish(Snapshot snapshot, ClosureProof proof) throws IOException {
        publish(snapshot, proof, Gate.Fencing.REFUSES);
    }

    /**
     * Makes a snapshot visible that another pool of the site holds, as {@link #publish} does, whatever its dataset's fence is by now: it may be
     * older than what was written here already.
     */
    public void adopt(Snapshot snapshot, ClosureProof proof) throws IOException {
        publish(snapshot, proof, Gate.Fencing.ADOPTS);
    }

    private void publish(Snapshot snapshot, ClosureProof proof, Gate.Fencing fencing) throws IOException {
        if (!proof.root().equals(snapshot.root())) {
            throw new IllegalArgumentException(
                    "the proof is of root " + proof.root() + ", the snapshot has " + snapshot.root());
        }
        ByteBuffer content = SnapshotFormat.encode(snapshot);
        gate.settle(snapshot, proof, fencing, () -> write(snapshot, content));
    }

    private void write(Snapshot snapshot, ByteBuffer content) throws IOException {
        lock.lock();
        try {
            Path path = path(snapshot.id());
            if (!disk.exists(path) || isGone(path)) {
                files.write(path, content);
            } else if (!files.read(path, SnapshotFormat.MAX_BYTES).equals(content)) {
                throw new IOException("another snapshot has the id " + snapshot.id());
            } else {
                disk.forceDirectory(directory);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes what a deletion left that did not come to its end. */
    void sweep() throws IOException {
        lock.lock();
        try {
            for (String name : names()) {
                if (isGone(directory.resolve(name))) {
                    files.remove(directory.resolve(name));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** All snapshots, oldest first. */
    public SnapshotList list() throws IOException {
        List<Snapshot> sound = new ArrayList<>();
        List<DamagedSnapshot> damaged = new ArrayList<>();
        lock.lock();
        try {
            for (String name : names()) {
                switch (read(name)) {
                    case SnapshotLookup.Found found -> sound.add(found.snapshot());
                    case SnapshotLookup.Damaged bad -> damaged.add(bad.damaged());
                    case SnapshotLookup.Missing ignored -> {}
                    case SnapshotLookup.Ambiguous ignored ->
                        throw new IllegalStateException("two of one name: " + name);
                }
            }
        } finally {
            lock.unlock();
        }
        return new SnapshotList(sound, damaged);
    }

    /** The snapshot whose id is, or alone begins with, what is asked. */
    public SnapshotLookup find(String idOrPrefix) throws IOException {
        lock.lock();
        try {
            List<String> matches = names().stream()
                    .filter(name -> name.startsWith(idOrPrefix))
                    .limit(MAX_AMBIGUOUS)
                    .toList();
            if (matches.isEmpty() || idOrPrefix.isEmpty()) {
                return new SnapshotLookup.Missing(idOrPrefix);
            }
            if (matches.size() > 1) {
                return new SnapshotLookup.Ambiguous(
                        idOrPrefix, matches.stream().map(SnapshotCatalogue::id).toList());
            }
            return read(matches.getFirst());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes the file of one snapshot, sound or damaged, by its whole id; durable when it returns.
     *
     * @return false if there was none
     */
    public boolean delete(String id) throws IOException {
        if (!Snapshot.isId(id)) {
            throw new IllegalArgumentException("id must be a whole snapshot id, was " + id);
        }
        lock.lock();
        try {
            if (!disk.exists(path(id))) {
                return false;
            }
            files.remove(path(id));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of all files. */
    long bytes() throws IOException {
        lock.lock();
        try {
            long total = 0;
            for (String name : names()) {
                try (DiskFile file = disk.openForReading(directory.resolve(name))) {
                    total += file.sizeBytes();
                }
            }
            return total;
        } finally {
            lock.unlock();
        }
    }

    private SnapshotLookup read(String name) throws IOException {
        try {
            ByteBuffer content = files.read(directory.resolve(name), SnapshotFormat.MAX_BYTES);
            if (AtomicFile.isGone(content)) {
                return new SnapshotLookup.Missing(id(name));
            }
            Snapshot snapshot = SnapshotFormat.decode(content);
            if (!name.equals(snapshot.id() + SUFFIX)) {
                throw new CorruptChunkException("it holds snapshot " + snapshot.id());
            }
            return new SnapshotLookup.Found(snapshot);
        } catch (CorruptChunkException damage) {
            return new SnapshotLookup.Damaged(new DamagedSnapshot(name, String.valueOf(damage.getMessage())));
        }
    }

    private boolean isGone(Path path) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            return file.sizeBytes() == AtomicFile.GONE_BYTES
                    && AtomicFile.isGone(files.read(path, AtomicFile.GONE_BYTES));
        } catch (NoSuchFileException removedByItsOwner) {
            return false;
        }
    }

    private List<String> names() throws IOException {
        return disk.list(directory).stream()
                .filter(name -> name.endsWith(SUFFIX))
                .toList();
    }

    private Path path(String id) {
        return directory.resolve(id + SUFFIX);
    }

    private static String id(String name) {
        return name.substring(0, name.length() - SUFFIX.length());
    }
}
