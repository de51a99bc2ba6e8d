package io.culvert.dedupe.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The file that a restore is writing: gathers small pieces into large writes and leaves holes out.
 *
 * <p>While it is open, the block buffer of its {@link Posix} holds what is not written yet.
 */
final class RestoredFile {

    private final Posix posix;
    private final int fd;
    private final Entry entry;
    private long flushedBytes;
    private int gatheredBytes;
    private long endBytes;

    /** Takes over the descriptor. */
    RestoredFile(Posix posix, int fd, Entry entry) {
        this.posix = posix;
        this.fd = fd;
        this.entry = entry;
    }

    Entry entry() {
        return entry;
    }

    int fd() {
        return fd;
    }

    void data(Slice data) throws IOException {
        requireRoom(data.length());
        int done = 0;
        while (done < data.length()) {
            int part = Math.min(data.length() - done, NativeBuffers.BLOCK_BYTES - gatheredBytes);
            MemorySegment block = posix.buffers().block;
            MemorySegment.copy(data.array(), data.offset() + done, block, JAVA_BYTE, gatheredBytes, part);
            gatheredBytes += part;
            done += part;
            if (gatheredBytes == NativeBuffers.BLOCK_BYTES) {
                flush();
            }
        }
    }

    void hole(long lengthBytes) throws IOException {
        requireRoom(lengthBytes);
        flush();
        flushedBytes += lengthBytes;
    }

    private void requireRoom(long lengthBytes) throws IOException {
        long left = entry.stamp().sizeBytes() - flushedBytes - gatheredBytes;
        if (lengthBytes < 0 || lengthBytes > left) {
            throw new RefusedEntryException(
                    entry.path(), "it has more data than the " + entry.stamp().sizeBytes() + " bytes it should have");
        }
    }

    private void flush() throws IOException {
        if (gatheredBytes > 0) {
            posix.writeBlock(fd, flushedBytes, gatheredBytes, entry.path());
            flushedBytes += gatheredBytes;
            gatheredBytes = 0;
            endBytes = flushedBytes;
        }
    }

    /**
     * Writes the rest and gives the file its length.
     *
     * @throws RefusedEntryException if there was less data than the entry says
     */
    void complete() throws IOException {
        flush();
        long sizeBytes = entry.stamp().sizeBytes();
        if (flushedBytes != sizeBytes) {
            throw new RefusedEntryException(
                    entry.path(), "it should have " + sizeBytes + " bytes but came with " + flushedBytes);
        }
        if (endBytes < sizeBytes) {
            posix.truncate(fd, sizeBytes, entry.path());
        }
    }
}
