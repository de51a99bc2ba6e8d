package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Every file access of a pool: the one seam between the pool and the operating system.
 *
 * <p>What a caller may rely on after a power cut, and nothing more: bytes of a file that {@link DiskFile#force} covered,
 * and names (created, renamed, deleted) that {@link #forceDirectory} covered. Everything else may be there, partly there or
 * gone. {@link LocalDisk} is the real one; the tests' one cuts the power, fills up and fails.
 */
interface Disk {

    void createDirectories(Path directory) throws IOException;

    /** The names in a directory, sorted. */
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path);

    /** Opens a new file for reading and writing; fails if there is one. */
    DiskFile create(Path path) throws IOException;

    /** Opens a file that exists for reading and writing. */
    DiskFile openForWriting(Path path) throws IOException;

    /** Opens a file that exists for reading. */
    DiskFile openForReading(Path path) throws IOException;

    /** Renames atomically, replacing {@code to}; durable after {@link #forceDirectory}. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path path) throws IOException;

    /** Makes the names in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** Bytes that can still be written below a directory. */
    long usableBytes(Path directory) throws IOException;

    /**
     * Takes the exclusive lock of a part of a file, creating it; closing releases it, as does the end of the process.
     *
     * @throws IOException if another process, or another pool in this one, holds any of it; the message says who
     */
    AutoCloseable lock(Path path, LockRange range) throws IOException;
}
