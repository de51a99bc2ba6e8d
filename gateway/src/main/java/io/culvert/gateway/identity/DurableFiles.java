package io.culvert.gateway.identity;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Small files of the identity, written so that a crash leaves the old one or the new one, readable by the owner only.
 *
 * <p>Directories have mode 0700 and files 0600 from their first moment on, whatever the umask.
 */
final class DurableFiles {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final AtomicLong TEMPORARY = new AtomicLong();

    private DurableFiles() {}

    /** Makes the directory (its parent must exist) unless it is there, and forces the parent. */
    static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
        forceDirectory(parentOf(directory));
    }

    /**
     * Writes a file that must not exist: a compare-and-swap from "absent", between threads and between processes.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it was there; then nothing was changed
     */
    static void writeNew(Path file, byte[] content) throws IOException {
        writeAndForce(file, content);
        forceDirectory(parentOf(file));
    }

    /** Replaces a file, or makes it: a reader sees the old content or the new one, never a part. */
    static void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "."
                + ProcessHandle.current().pid() + "." + TEMPORARY.incrementAndGet() + ".tmp");
        try {
            writeAndForce(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        forceDirectory(parentOf(file));
    }

    /** Reads a file of at most {@code maxBytes}. */
    static byte[] read(Path file, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new IOException(
                        file + " is longer than " + maxBytes + " bytes: it is not a file that Culvert wrote");
            }
            return content;
        }
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private static void writeAndForce(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNER_ONLY)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static Path parentOf(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(path + " has no parent directory");
        }
        return parent;
    }
}
