package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.util.Arrays;

/**
 * A volume: an image file or a block device, in which blocks of zeros are as good as holes.
 *
 * <p>A block device keeps no times, so that {@link #recheck()} sees only a change of its size there: whoever snapshots
 * a device with writers names a point-in-time source.
 */
public final class VolumeSource implements SourceData {

    /** Zeros are looked for in blocks of this length and alignment. */
    public static final int BLOCK_BYTES = 64 * 1024;

    private static final byte[] ZEROS = new byte[BLOCK_BYTES];
    private static final int CLOSED = -1;

    private final Posix posix;
    private final Stat stat;
    private final long sizeBytes;
    private final boolean sparse;
    private int fd;
    private long positionBytes;
    private boolean truncated;

    private VolumeSource(Posix posix, int fd, Stat stat, long sizeBytes) {
        this.posix = posix;
        this.fd = fd;
        this.stat = stat;
        this.sizeBytes = sizeBytes;
        this.sparse = stat.isFile() && stat.maybeSparse();
        posix.adviseSequential(fd);
    }

    /**
     * Opens a volume by its path, following links as {@code /dev} has them.
     *
     * @throws PosixException if it cannot be opened
     * @throws IOException if it is neither a regular file nor a block device
     */
    public static VolumeSource open(String path) throws IOException {
        Posix posix = new Posix(path);
        int fd = posix.openRootFile();
        try {
            Stat stat = posix.stat(fd, PathBytes.ROOT);
            EntryType type = stat.type();
            if (type != EntryType.FILE && type != EntryType.BLOCK_DEVICE) {
                throw new IOException(path + " is neither a regular file nor a block device but " + type);
            }
            long sizeBytes = posix.seek(fd, 0, LibC.SEEK_END, PathBytes.ROOT);
            VolumeSource opened = new VolumeSource(posix, fd, stat, sizeBytes);
            fd = CLOSED;
            return opened;
        } finally {
            if (fd != CLOSED) {
                posix.close(fd, PathBytes.ROOT);
            }
        }
    }

    /** What the file or device node was when it was opened. */
    public Stat stat() {
        return stat;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Reads on, in whole blocks but for the last.
     *
     * @throws IllegalArgumentException if {@code length} is less than {@link #BLOCK_BYTES}
     */
    @Override
    public Piece next(byte[] buffer, int offset, int length) throws IOException {
        if (length < BLOCK_BYTES) {
            throw new IllegalArgumentException("length must be >= " + BLOCK_BYTES + ", was " + length);
        }
        long start = positionBytes;
        int got = 0;
        int zeros = 0;
        while (got == zeros && positionBytes < sizeBytes && !truncated) {
            skipHole();
            got = fill(buffer, offset, length - length % BLOCK_BYTES);
            zeros = leadingZeros(buffer, offset, got);
            positionBytes += zeros;
        }
        if (positionBytes > start) {
            return new Piece.Hole(positionBytes - start);
        }
        if (got == 0) {
            return new Piece.End();
        }
        int data = dataBeforeZeros(buffer, offset, got);
        positionBytes += data;
        return new Piece.Data(data);
    }

    /** Goes to the block in which data begins, if the file system knows where that is. */
    private void skipHole() throws IOException {
        if (sparse) {
            long data = posix.seek(fd, positionBytes, LibC.SEEK_DATA, PathBytes.ROOT);
            long to = data < 0 ? sizeBytes : Math.min(data - data % BLOCK_BYTES, sizeBytes);
            positionBytes = Math.max(positionBytes, to);
        }
    }

    private int fill(byte[] buffer, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, sizeBytes - positionBytes);
        int got = 0;
        while (got < wanted && !truncated) {
            int more = posix.read(fd, positionBytes + got, buffer, offset + got, wanted - got, PathBytes.ROOT);
            truncated = more == 0;
            got += more;
        }
        return got;
    }

    private static int leadingZeros(byte[] buffer, int offset, int length) {
        int at = 0;
        while (at < length && isZero(buffer, offset + at, Math.min(BLOCK_BYTES, length - at))) {
            at += Math.min(BLOCK_BYTES, length - at);
        }
        return at;
    }

    private static int dataBeforeZeros(byte[] buffer, int offset, int length) {
        int at = Math.min(BLOCK_BYTES, length);
        while (at < length && !isZero(buffer, offset + at, Math.min(BLOCK_BYTES, length - at))) {
            at += Math.min(BLOCK_BYTES, length - at);
        }
        return at;
    }

    private static boolean isZero(byte[] buffer, int offset, int length) {
        return Arrays.equals(buffer, offset, offset + length, ZEROS, 0, length);
    }

    @Override
    public Recheck recheck() throws IOException {
        boolean same = !truncated && posix.seek(fd, 0, LibC.SEEK_END, PathBytes.ROOT) == sizeBytes;
        if (stat.isFile()) {
            same &= posix.stat(fd, PathBytes.ROOT).stamp().equals(stat.stamp());
        }
        return same ? Recheck.UNCHANGED : Recheck.CHANGED;
    }

    @Override
    public void close() throws IOException {
        if (fd != CLOSED) {
            int closing = fd;
            fd = CLOSED;
            posix.close(closing, PathBytes.ROOT);
        }
    }
}
