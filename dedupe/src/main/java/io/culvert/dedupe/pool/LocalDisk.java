package io.culvert.dedupe.pool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The disk of this machine, through {@link FileChannel}. */
final class LocalDisk implements Disk {

    private static final Set<OpenOption> READ_WRITE = Set.of(READ, WRITE);

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> names = Files.list(directory)) {
            return names.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        try {
            return new LocalFile(path, READ_WRITE, FileChannel.open(path, READ, WRITE, CREATE_NEW));
        } catch (IOException failure) {
            throw LocalFile.named(failure, path, 0);
        }
    }

    @Override
    public DiskFile openForWriting(Path path) throws IOException {
        return new LocalFile(path, READ_WRITE, FileChannel.open(path, READ_WRITE));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        Set<OpenOption> read = Set.of(READ);
        return new LocalFile(path, read, FileChannel.open(path, read));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (DiskFile file = openForReading(directory)) {
            file.force();
        }
    }

    @Override
    public long usableBytes(Path directory) {
        return directory.toFile().getUsableSpace();
    }

    @Override
    public AutoCloseable lock(Path path, LockRange range) throws IOException {
        FileChannel channel = FileChannel.open(path, READ, WRITE, CREATE);
        try {
            if (tryLock(channel, range) == null) {
                throw new IOException("already in use by " + holder(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    ("process " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return channel;
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, LockRange range) throws IOException {
        try {
            return channel.tryLock(range.fromByte(), range.bytes(), false);
        } catch (OverlappingFileLockException sameProcess) {
            throw new IOException(
                    "already in use by this process (" + ProcessHandle.current().pid() + ")", sameProcess);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(64);
        channel.read(text, 0);
        String name = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
        return name.isEmpty() ? "another process" : name;
    }
}
