package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file of rules, of mode 0644: a reader sees the old content or the new one, never a part. */
final class RuleFile {
    private RuleFile() {}

    /** @throws OperationException saying why it is not written; then nothing was changed */
    static void write(Path file, String text) throws OperationException {
        try {
            // The file behind a link is meant, as with a redirection of the shell.
            Path target = Files.exists(file)
                    ? file.toRealPath()
                    : file.toAbsolutePath().normalize();
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                throw refused(file, Files.isDirectory(target) ? "it is a directory" : "it is no regular file");
            }
            if (Files.isSymbolicLink(target)) {
                throw refused(file, "it is a link that leads nowhere");
            }
            replace(target, text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw refused(file, "its directory is not there");
        } catch (AccessDeniedException e) {
            throw refused(file, "this user may not write there");
        } catch (IOException e) {
            throw refused(file, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static OperationException refused(Path file, String why) {
        return new OperationException(FailureCategory.FAILED, file + " is not written: " + why);
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path directory = file.getParent();
        if (directory == null) {
            throw new NoSuchFileException(file.toString());
        }
        Path temporary = directory.resolve(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
