package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;

/**
 * A regular file of a tree, open for reading, and the same inode that the walk saw.
 *
 * <p>Holes are found with SEEK_DATA and SEEK_HOLE, but only in a file that takes less room than it is long. A change
 * while it is read shows in {@link #recheck()} because it moves the size, the modification or the change time.
 */
public final class SourceFile implements SourceData {

    private static final int CLOSED = -1;
    private static final long ADVISE_FROM_BYTES = 1024 * 1024;

    private final Posix posix;
    private final PathBytes path;
    private final Stat stat;
    private final boolean sparse;
    private int fd;
    private long positionBytes;
    private long dataEndBytes;
    private boolean truncated;

    /** Takes over the descriptor. */
    SourceFile(Posix posix, int fd, PathBytes path, Stat stat) {
        this.posix = posix;
        this.fd = fd;
        this.path = path;
        this.stat = stat;
        this.sparse = stat.maybeSparse();
        this.dataEndBytes = sparse ? 0 : sizeBytes();
        if (sizeBytes() >= ADVISE_FROM_BYTES) {
            posix.adviseSequential(fd);
        }
    }

    int fd() {
        return fd;
    }

    /** What it was when it was opened. */
    public Stat stat() {
        return stat;
    }

    @Override
    public long sizeBytes() {
        return stat.content().sizeBytes();
    }

    /**
     * {@inheritDoc}
     *
     * @throws ScanProblemException if the disk does not give the data
     */
    @Override
    public Piece next(byte[] buffer, int offset, int length) throws IOException {
        try {
            return read(buffer, offset, length);
        } catch (PosixException failure) {
            throw new ScanProblemException(ScanProblem.of(path, failure));
        }
    }

    private Piece read(byte[] buffer, int offset, int length) throws PosixException {
        if (positionBytes >= sizeBytes()) {
            return new Piece.End();
        }
        if (positionBytes >= dataEndBytes) {
            long holeBytes = findData();
            if (holeBytes > 0) {
                positionBytes += holeBytes;
                return new Piece.Hole(holeBytes);
            }
        }
        int wanted = (int) Math.min(length, dataEndBytes - positionBytes);
        int got = posix.read(fd, positionBytes, buffer, offset, wanted, path);
        if (got == 0) {
            truncated = true;
            positionBytes = sizeBytes();
            return new Piece.End();
        }
        positionBytes += got;
        return new Piece.Data(got);
    }

    /** Sets the end of the data here, or returns the length of the hole here. */
    private long findData() throws PosixException {
        long data = posix.seek(fd, positionBytes, LibC.SEEK_DATA, path);
        if (data < 0 || data > positionBytes) {
            return (data < 0 ? sizeBytes() : Math.min(data, sizeBytes())) - positionBytes;
        }
        long hole = posix.seek(fd, positionBytes, LibC.SEEK_HOLE, path);
        dataEndBytes = hole <= positionBytes ? sizeBytes() : Math.min(hole, sizeBytes());
        return 0;
    }

    @Override
    public Recheck recheck() throws IOException {
        Stat now = posix.stat(fd, path);
        boolean same = !truncated && now.id().equals(stat.id()) && now.stamp().equals(stat.stamp());
        return same ? Recheck.UNCHANGED : Recheck.CHANGED;
    }

    @Override
    public void close() throws IOException {
        if (fd != CLOSED) {
            int closing = fd;
            fd = CLOSED;
            posix.close(closing, path);
        }
    }
}
