package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file behind a {@link FileChannel} that survives interrupts.
 *
 * <p>A {@code FileChannel} closes itself when a thread that uses it is interrupted, for all threads. Reads and writes here
 * are positional, hence repeatable: the channel is opened anew and the call made again. {@code fsync} is not repeatable (a
 * second one may report success for pages that the first one lost), so it runs on a channel and a thread of its own that
 * nobody interrupts.
 */
final class LocalFile implements DiskFile {

    private final Path path;
    private final Set<OpenOption> options;
    private final ReentrantLock reopening = new ReentrantLock();
    private volatile FileChannel channel;
    private volatile boolean closed;
    private @Nullable FileChannel forcing;

    LocalFile(Path path, Set<OpenOption> options, FileChannel channel) {
        this.path = path;
        this.options = options;
        this.channel = channel;
    }

    @FunctionalInterface
    private interface Operation {
        long on(FileChannel channel) throws IOException;
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) throws IOException {
        int start = target.position();
        return (int) uninterrupted(open -> {
            while (target.hasRemaining()) {
                if (open.read(target, offsetBytes + (target.position() - start)) < 0) {
                    break;
                }
            }
            return target.position() - start;
        });
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) throws IOException {
        int start = source.position();
        int length = source.remaining();
        try {
            uninterrupted(open -> {
                while (source.hasRemaining()) {
                    open.write(source, offsetBytes + (source.position() - start));
                }
                return 0;
            });
        } catch (IOException failure) {
            throw named(failure, path, length);
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return uninterrupted(FileChannel::size);
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        uninterrupted(open -> open.truncate(sizeBytes).size());
    }

    @Override
    public void force() throws IOException {
        FileChannel own = forcingChannel();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("culvert-fsync").start(() -> {
            try {
                own.force(false);
                done.complete(null);
            } catch (IOException | RuntimeException failure) {
                done.completeExceptionally(failure);
            }
        });
        try {
            done.join();
        } catch (CompletionException failed) {
            throw new IOException("fsync of " + path + " failed: " + failed.getCause(), failed.getCause());
        }
    }

    private FileChannel forcingChannel() throws IOException {
        reopening.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (forcing == null) {
                forcing = FileChannel.open(path, options);
            }
            return forcing;
        } finally {
            reopening.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        reopening.lock();
        try (FileChannel own = forcing) {
            closed = true;
            channel.close();
        } finally {
            reopening.unlock();
        }
    }

    private long uninterrupted(Operation operation) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                FileChannel current = channel;
                try {
                    return operation.on(current);
                } catch (ClosedChannelException byInterrupt) {
                    interrupted |= Thread.interrupted();
                    reopen(current, byInterrupt);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void reopen(FileChannel broken, ClosedChannelException cause) throws IOException {
        reopening.lock();
        try {
            if (closed) {
                throw cause;
            }
            if (channel == broken) {
                channel = FileChannel.open(path, options);
            }
        } finally {
            reopening.unlock();
        }
    }

    /**
     * Adds the path, and tells a full disk from other failures. Java has no errno and the message is in the language of the
     * locale, so the room that is left decides where the message does not.
     */
    static IOException named(IOException failure, Path path, long wantedBytes) {
        String message = String.valueOf(failure.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        Path directory = path.toAbsolutePath().getParent();
        boolean full = lower.contains("no space left")
                || lower.contains("quota exceeded")
                || (directory != null && directory.toFile().getUsableSpace() < wantedBytes);
        if (full) {
            return new DiskFullException("no room to write " + path + ": " + message, failure);
        }
        return failure instanceof FileSystemException ? failure : new IOException(path + ": " + message, failure);
    }
}
