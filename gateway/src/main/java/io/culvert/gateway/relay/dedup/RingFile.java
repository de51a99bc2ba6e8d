package io.culvert.gateway.relay.dedup;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A ring in a sparse file, read and written by position. It is not mapped: a write to a mapped page for which the disk has no
 * room ends the JVM, a write to a channel throws.
 *
 * <p>Survives interrupts: a {@link FileChannel} closes itself for all threads when one that uses it is interrupted. Positional
 * reads and writes are repeatable, so the channel is opened anew and the call made again. The file is deleted when the ring is
 * opened and when it is closed.
 */
final class RingFile implements RingStorage {

    private final Path path;
    private final long sizeBytes;

    /** Tells this file from a newer one of the same name. */
    private final Object key;

    private final ReentrantLock reopening = new ReentrantLock();
    private volatile FileChannel channel;
    private volatile boolean closed;

    private RingFile(Path path, long sizeBytes, FileChannel channel) throws IOException {
        this.path = path;
        this.sizeBytes = sizeBytes;
        this.key = key(path);
        this.channel = channel;
    }

    /** A ring of zeros. A ring that an earlier opener still has keeps its bytes, but no name. */
    static RingFile open(Path path, long sizeBytes) throws IOException {
        Files.deleteIfExists(path);
        return new RingFile(path, sizeBytes, FileChannel.open(path, CREATE_NEW, SPARSE, READ, WRITE));
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @FunctionalInterface
    private interface Transfer {
        int at(FileChannel channel, ByteBuffer bytes, long offsetBytes) throws IOException;
    }

    @Override
    public void read(long position, byte[] to, int offset, int length) throws IOException {
        transfer(position, to, offset, length, (open, bytes, at) -> {
            int read = open.read(bytes, at);
            if (read < 0) { // the end of the file: never written
                Arrays.fill(bytes.array(), bytes.position(), bytes.limit(), (byte) 0);
                bytes.position(bytes.limit());
            }
            return read;
        });
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
        transfer(position, from, offset, length, FileChannel::write);
    }

    private void transfer(long position, byte[] array, int offset, int length, Transfer transfer) throws IOException {
        long at = position % sizeBytes;
        int first = (int) Math.min(length, sizeBytes - at);
        uninterrupted(ByteBuffer.wrap(array, offset, first), at, transfer);
        if (first < length) {
            uninterrupted(ByteBuffer.wrap(array, offset + first, length - first), 0, transfer);
        }
    }

    private void uninterrupted(ByteBuffer bytes, long at, Transfer transfer) throws IOException {
        long origin = at - bytes.position();
        boolean interrupted = Thread.interrupted();
        try {
            while (bytes.hasRemaining()) {
                FileChannel current = channel;
                try {
                    transfer.at(current, bytes, origin + bytes.position());
                } catch (ClosedChannelException byInterrupt) {
                    interrupted |= Thread.interrupted();
                    reopen(current, byInterrupt);
                } catch (IOException e) {
                    throw new IOException(path + ": " + e.getMessage(), e);
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
                if (!key(path).equals(key)) {
                    throw cause;
                }
                channel = FileChannel.open(path, READ, WRITE);
            }
        } finally {
            reopening.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        reopening.lock();
        try {
            if (!closed) {
                closed = true;
                channel.close();
                if (Files.exists(path) && key(path).equals(key)) {
                    Files.delete(path);
                }
            }
        } finally {
            reopening.unlock();
        }
    }
}
