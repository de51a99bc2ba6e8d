package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The directory of the index: names its runs, reads and replaces {@code current}, removes what nothing refers to. */
final class IndexFiles {

    private static final String CURRENT = "current";
    private static final String REBUILD = "rebuild";
    private static final String RUN = ".run";
    private static final int MAX_CHECKPOINT_BYTES = 64 << 20;
    private final Disk disk;
    private final AtomicFile files;
    private final Path directory;
    private final long firstRun;

    /** @param firstRun the lowest number that a new run may get: below it are those of former owners, who may delete them */
    IndexFiles(Disk disk, AtomicFile files, Path directory, long firstRun) {
        this.disk = disk;
        this.files = files;
        this.directory = directory;
        this.firstRun = firstRun;
    }

    Disk disk() {
        return disk;
    }

    long firstRun() {
        return firstRun;
    }

    Path run(long number) {
        return directory.resolve(String.format(Locale.ROOT, "%010d%s", number, RUN));
    }

    static long number(Path run) {
        String name = String.valueOf(run.getFileName());
        return Long.parseLong(name.substring(0, name.length() - RUN.length()));
    }

    /** Marks the index to be built again at the next open: a part of it turned out to be damaged. */
    void condemn() throws IOException {
        Path mark = directory.resolve(REBUILD);
        if (!disk.exists(mark)) {
            files.write(mark, ByteBuffer.allocate(0));
        }
    }

    boolean isCondemned() {
        return disk.exists(directory.resolve(REBUILD));
    }

    /** Forgets the index, durably, before the files of a new one take the names of the old. */
    void discard() throws IOException {
        if (hasCheckpoint()) {
            disk.delete(directory.resolve(CURRENT));
            disk.forceDirectory(directory);
        }
    }

    boolean hasCheckpoint() {
        return disk.exists(directory.resolve(CURRENT));
    }

    Checkpoint read() throws IOException {
        ByteBuffer bytes = files.read(directory.resolve(CURRENT), MAX_CHECKPOINT_BYTES);
        return Checkpoint.decode(bytes);
    }

    /** Makes a checkpoint the current one; runs that it names must be forced, their names need not. */
    void write(Checkpoint checkpoint) throws IOException {
        files.write(directory.resolve(CURRENT), checkpoint.encode());
    }

    /** Opens the runs of a checkpoint, oldest first. */
    List<Run> open(Checkpoint checkpoint) throws IOException {
        List<Run> runs = new ArrayList<>();
        try {
            for (long number : checkpoint.runs()) {
                runs.add(Run.open(disk, run(number)));
            }
        } catch (IOException | RuntimeException failure) {
            for (Run run : runs) {
                run.close();
            }
            throw failure;
        }
        return runs;
    }

    /** Removes every file that the checkpoint does not name: what a crash left of runs being written or replaced. */
    void sweep(Checkpoint checkpoint) throws IOException {
        List<Path> named = checkpoint.runs().stream().map(this::run).toList();
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            if (!name.equals(CURRENT) && !named.contains(path)) {
                sweep(path);
            }
        }
    }

    private void sweep(Path path) throws IOException {
        try {
            disk.delete(path);
        } catch (NoSuchFileException deletedByItsOwner) {
            return;
        }
    }

    void delete(Path run) throws IOException {
        disk.delete(run);
    }
}
