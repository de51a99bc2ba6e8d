package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The append-only file behind the embedded store: {@link LogRecord}s of growing revision, each forced before the next is
 * written.
 *
 * <p>So a crash leaves at most one record incomplete, and that one the last: it was never confirmed and is cut off on open.
 * A record that is damaged with a valid one after it was confirmed, and the log is refused. Rewriting goes to a second file
 * that replaces the first by rename; a crash leaves one or the other. One thread at a time.
 */
final class CheckpointLog implements AutoCloseable {
    private static final int MAX_FILE_BYTES = 1 << 28;

    /** Receives the records of an existing log, oldest first. */
    @FunctionalInterface
    interface Replay {
        void accept(LogRecord record) throws IOException;
    }

    private final Path file;
    private FileChannel channel;
    private long lengthBytes;
    private long revision;
    private boolean broken;

    private CheckpointLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens or makes the log and replays it.
     *
     * @throws CorruptCheckpointException if a confirmed record is damaged or missing
     */
    static CheckpointLog open(Path file, Replay replay) throws IOException {
        Files.deleteIfExists(temporary(file));
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var log = new CheckpointLog(file, channel);
            log.replay(replay);
            forceDirectory(file);
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void replay(Replay replay) throws IOException {
        byte[] bytes = readAll();
        int offsetBytes = 0;
        while (offsetBytes < bytes.length) {
            LogRecord record = LogRecord.parse(bytes, offsetBytes);
            if (record == null) {
                requireTorn(bytes, offsetBytes);
                break;
            }
            boolean follows = record.kind() == LogRecord.Kind.OPENED
                    ? record.revision() > revision
                    : offsetBytes > 0 && record.revision() == revision + 1;
            if (!follows) {
                throw corrupt(offsetBytes, "revision " + record.revision() + " follows " + revision);
            }
            replay.accept(record);
            revision = record.revision();
            offsetBytes += record.lengthBytes();
        }
        lengthBytes = offsetBytes;
        if (offsetBytes < bytes.length) {
            channel.truncate(offsetBytes);
            channel.force(true);
        }
    }

    private byte[] readAll() throws IOException {
        long size = channel.size();
        if (size > MAX_FILE_BYTES) {
            throw corrupt(0, "it has " + size + " bytes, at most " + MAX_FILE_BYTES + " are possible");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
        return bytes.array();
    }

    private void requireTorn(byte[] bytes, int offsetBytes) throws CorruptCheckpointException {
        for (int later = offsetBytes + 1; later < bytes.length; later++) {
            LogRecord record = LogRecord.parse(bytes, later);
            if (record != null && record.revision() > revision) {
                throw corrupt(offsetBytes, "a record is damaged, and whole ones follow it");
            }
        }
    }

    private CorruptCheckpointException corrupt(long offsetBytes, String reason) {
        return new CorruptCheckpointException(
                "the checkpoint file " + file,
                reason + " (at byte " + offsetBytes
                        + "). Move the file away and start again: jobs then go on from what their receivers hold");
    }

    /** Returns the revision of the last record, 0 if there is none. */
    long revision() {
        return revision;
    }

    long lengthBytes() {
        return lengthBytes;
    }

    /** Returns whether a failed force made the file's state unknown, so that only a new open can tell. */
    boolean isBroken() {
        return broken;
    }

    /** Appends one record and forces it. When it throws and the log is not broken, the record is not in it. */
    void append(LogRecord record) throws IOException {
        if (broken) {
            throw new IOException(file + " failed before and must be opened again");
        }
        try {
            writeFully(channel, record.encode(), lengthBytes);
        } catch (IOException e) {
            cutBack(e);
            throw e;
        }
        forceOrBreak();
        lengthBytes += record.lengthBytes();
        revision = record.revision();
    }

    private void cutBack(IOException cause) {
        try {
            channel.truncate(lengthBytes);
        } catch (IOException e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    /** After a failed fsync the kernel may have dropped the pages, so the file cannot be trusted until read anew. */
    private void forceOrBreak() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            broken = true;
            throw e;
        }
    }

    /** Replaces the whole log by these records, which must begin with {@link LogRecord.Kind#OPENED}. */
    void rewrite(List<LogRecord> records) throws IOException {
        Path temporary = temporary(file);
        FileChannel fresh = FileChannel.open(
                temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        long freshBytes = 0;
        try {
            for (LogRecord record : records) {
                writeFully(fresh, record.encode(), freshBytes);
                freshBytes += record.lengthBytes();
            }
            fresh.force(true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            fresh.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
        FileChannel former = channel;
        channel = fresh;
        lengthBytes = freshBytes;
        revision = records.getLast().revision();
        former.close();
        try {
            forceDirectory(file);
        } catch (IOException e) {
            broken = true;
            throw e;
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long offsetBytes) throws IOException {
        while (bytes.hasRemaining()) {
            offsetBytes += channel.write(bytes, offsetBytes);
        }
    }

    private static void forceDirectory(Path file) throws IOException {
        try (FileChannel directory = FileChannel.open(directoryOf(file), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a log must be a file in a directory, was " + file);
        }
        return parent;
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
