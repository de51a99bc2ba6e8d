package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Replaces small files as a whole: temporary file, force, rename, force the directory. A crash leaves the old content or
 * the new, and at most a {@code *.tmp} that {@link #sweep} removes on open. One writer per path at a time.
 *
 * <p>Each owner of a pool has temporary names of its own. Once they are swept by the next one, a rename that the former
 * owner had on its way finds nothing to rename, whenever it comes.
 */
final class AtomicFile {

    private static final String TEMPORARY = ".tmp";
    private static final byte[] GONE = "CULVGONE".getBytes(StandardCharsets.US_ASCII);
    static final int GONE_BYTES = 8;
    private final Disk disk;
    private final Reserve reserve;
    private final String tag;

    /** @param tag as {@link PoolOpening#tag} has it */
    AtomicFile(Disk disk, Reserve reserve, String tag) {
        this.disk = disk;
        this.reserve = reserve;
        this.tag = tag;
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
        Path temporary = path.resolveSibling(path.getFileName() + tag + TEMPORARY);
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
                deleteIfThere(directory.resolve(name));
            }
        }
    }

    /**
     * Removes a file, durably; its name must not be used again by a later owner. Under an ownership it is first replaced by
     * a file that says that it is gone ({@link #isGone}): the removal of the name is then nothing that can come too late.
     */
    void remove(Path path) throws IOException {
        if (!tag.isEmpty()) {
            write(path, ByteBuffer.wrap(GONE));
        }
        deleteIfThere(path);
        disk.forceDirectory(directory(path));
    }

    static boolean isGone(ByteBuffer content) {
        return content.equals(ByteBuffer.wrap(GONE));
    }

    static Path directory(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("path must have a parent, was " + path);
        }
        return parent;
    }

    /** A former owner may be about to rename or delete the same. */
    private void deleteIfThere(Path path) throws IOException {
        if (disk.exists(path)) {
            try {
                disk.delete(path);
            } catch (NoSuchFileException gone) {
                return;
            }
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
