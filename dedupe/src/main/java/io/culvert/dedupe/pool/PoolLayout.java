package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Where the files of a pool lie, and the mark that says that a directory is one. */
record PoolLayout(Path root) {

    private static final String MARK = "culvert pool, layout ";
    private static final int VERSION = 1;
    private static final int MAX_MARK_BYTES = 256;
    static final String RESERVE = "reserve";

    Path format() {
        return root.resolve("format");
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path id() {
        return root.resolve("id");
    }

    /** @param tag as {@link PoolOpening#tag} has it */
    Path reserve(String tag) {
        return root.resolve(RESERVE + tag);
    }

    Path containers() {
        return root.resolve("containers");
    }

    Path index() {
        return root.resolve("index");
    }

    Path snapshots() {
        return root.resolve("snapshots");
    }

    Path damaged() {
        return root.resolve("damaged");
    }

    Path skipped() {
        return root.resolve("skipped");
    }

    /**
     * Makes the directories of a new pool, or recognises an old one; forces them all, for a process that was killed may have
     * left names that are visible and not durable. Answers the pool's id, which a pool has before it has its mark.
     *
     * @throws IOException if the directory holds something else, or a layout of a later version
     */
    UUID prepare(Disk disk, AtomicFile files, PoolId ids) throws IOException {
        boolean marked = disk.exists(format());
        if (marked) {
            check(files);
        } else if (!isEmptyOrPool(disk)) {
            throw new IOException(root + " is not a pool and not empty; give the pool a directory of its own");
        }
        for (Path directory : List.of(containers(), index(), snapshots())) {
            disk.createDirectories(directory);
        }
        for (Path directory : List.of(root, index(), snapshots())) {
            files.sweep(directory);
        }
        UUID id = ids.readOrMake();
        if (!marked) {
            files.write(format(), ByteBuffer.wrap((MARK + VERSION + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        for (Path directory : List.of(root, containers(), index(), snapshots())) {
            disk.forceDirectory(directory);
        }
        return id;
    }

    private void check(AtomicFile files) throws IOException {
        ByteBuffer bytes = files.read(format(), MAX_MARK_BYTES);
        String text = StandardCharsets.UTF_8.decode(bytes).toString();
        if (!text.startsWith(MARK)) {
            throw new CorruptChunkException(format() + " is damaged; delete it if " + root + " is a pool");
        }
        if (!text.equals(MARK + VERSION + "\n")) {
            throw new IOException(root + " has a layout of another version (" + text.strip() + "), this program knows "
                    + VERSION + "; use the program that made it, or a later one");
        }
    }

    private boolean isEmptyOrPool(Disk disk) throws IOException {
        return disk.exists(containers())
                || disk.list(root).stream()
                        .allMatch(name -> name.equals("lock")
                                || name.equals("id")
                                || name.startsWith("id.")
                                || name.equals("lost+found")
                                || name.startsWith("format")
                                || name.startsWith(RESERVE));
    }
}
