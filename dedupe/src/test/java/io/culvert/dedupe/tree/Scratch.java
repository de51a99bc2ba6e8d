package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A directory for one test, emptied by descriptors at the end, however deep and strangely named its files are. */
final class Scratch implements AutoCloseable {

    private final Path directory;

    Scratch() throws IOException {
        directory = Files.createTempDirectory("culvert-tree");
    }

    Path path() {
        return directory;
    }

    /** The path of something below, as text. */
    String at(String name) {
        return directory.resolve(name).toString();
    }

    /** A new directory below. */
    String directory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name)).toString();
    }

    @Override
    public void close() throws IOException {
        Posix posix = new Posix(directory.toString());
        int fd = posix.openRoot();
        empty(posix, fd);
        posix.close(fd, PathBytes.ROOT);
        Files.delete(directory);
    }

    private static void empty(Posix posix, int fd) throws IOException {
        List<byte[]> names = new ArrayList<>();
        posix.list(fd, names, PathBytes.ROOT);
        for (byte[] name : names) {
            if (posix.stat(fd, name, PathBytes.ROOT).isDirectory()) {
                int handle = posix.openHandle(fd, name, PathBytes.ROOT);
                new PosixAttributes(posix).changeMode(handle, PosixAttributes.Kind.HANDLE, 0700, PathBytes.ROOT);
                posix.close(handle, PathBytes.ROOT);
                int below = posix.openDirectory(fd, name, PathBytes.ROOT);
                empty(posix, below);
                posix.close(below, PathBytes.ROOT);
                posix.removeDirectory(fd, name, PathBytes.ROOT);
            } else {
                posix.removeFile(fd, name, PathBytes.ROOT);
            }
        }
    }
}
