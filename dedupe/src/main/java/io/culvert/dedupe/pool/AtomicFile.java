package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Replaces small files as a whole: temporary file, force, rename, force the directory. A crash leaves the old content or
 * the new, and at most a {@code *.tmp} that {@link #sweep} removes on open. One writer per path at a time.
 */
final class AtomicFile {

    private static final String TEMPORARY = ".tmp";
    private final Disk disk;
    private final Reserve reserve;

    AtomicFile(Disk disk, Reserve reserve) {
        this.disk = disk;
        this.reserve = reserve;
    }

    /**
     * Durable when it returns; on an exception the old content stands, or (after the rename) either. On a full disk it
     * takes the room that the {@link Reserve} keeps.
     */
    void write(Path path, ByteBuffer content) throws IOException {
        try {
            replace(path, content.duplicate());
        } catch (DiskFullException full) {
            reserve.give(() -> replace(path, content.duplicate()));
        }
    }

    private void replace(Path path, ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        deleteIfThere(temporary);
        try {
            try (DiskFile file = disk.create(temporary)) {
                file.write(content, 0);
                file.force();
            }
        } catch (IOException failure) {
            removeAfter(failure, temporary);
            throw failure;
        }
        disk.rename(temporary, path);
        disk.forceDirectory(directory(path));
    }

    /** All bytes of a file. */
    ByteBuffer read(Path path, int maxBytes) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            long size = file.sizeBytes();
            if (size > maxBytes) {
                throw new CorruptChunkException(
                        path + " has " + size + " bytes, more than the " + maxBytes + " it may have");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    /** Removes what a crash left in a directory. */
    void sweep(Path directory) throws IOException {
        for (String name : disk.list(directory)) {
            if (name.endsWith(TEMPORARY)) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    static Path directory(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("path must have a parent, was " + path);
        }
        return parent;
    }

    private void deleteIfThere(Path path) throws IOException {
        if (disk.exists(path)) {
            disk.delete(path);
        }
    }

    private void removeAfter(IOException failure, Path temporary) {
        try {
            deleteIfThere(temporary);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
