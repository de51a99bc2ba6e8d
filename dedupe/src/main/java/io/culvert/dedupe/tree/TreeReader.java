package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads single files of a tree again by their paths, without following a link below the root.
 *
 * <p>Thread-safe. The file read last stays open, because what is read again is mostly read in order.
 */
public final class TreeReader implements AutoCloseable {

    private static final int CLOSED = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Posix posix;
    private int rootFd;
    private int fileFd = CLOSED;
    private PathBytes file = PathBytes.ROOT;

    private TreeReader(Posix posix, int rootFd) {
        this.posix = posix;
        this.rootFd = rootFd;
    }

    /**
     * Opens a tree.
     *
     * @param root the directory's path, in UTF-8
     * @throws PosixException if there is no such directory
     */
    public static TreeReader open(String root) throws IOException {
        Posix posix = new Posix(root);
        return new TreeReader(posix, posix.openRoot());
    }

    /**
     * Fills {@code to} from {@code offsetBytes} on.
     *
     * @return how many bytes there were; fewer than asked for only at the end of the file
     * @throws PosixException if the file is gone or may not be read
     */
    public int read(PathBytes path, long offsetBytes, byte[] to) throws IOException {
        lock.lock();
        try {
            if (fileFd == CLOSED || !file.equals(path)) {
                closeFile();
                fileFd = openFile(path);
                file = path;
            }
            int got = 0;
            while (got < to.length) {
                int more = posix.read(fileFd, offsetBytes + got, to, got, to.length - got, path);
                if (more == 0) {
                    break;
                }
                got += more;
            }
            return got;
        } finally {
            lock.unlock();
        }
    }

    private int openFile(PathBytes path) throws IOException {
        PathBytes parent = path.parent();
        int directoryFd = rootFd;
        try {
            for (byte[] name : parent.components()) {
                int next = posix.openDirectory(directoryFd, name, parent);
                if (directoryFd != rootFd) {
                    posix.close(directoryFd, parent);
                }
                directoryFd = next;
            }
            return posix.openFile(directoryFd, path.name(), path);
        } finally {
            if (directoryFd != rootFd) {
                posix.close(directoryFd, parent);
            }
        }
    }

    private void closeFile() throws IOException {
        if (fileFd != CLOSED) {
            int closing = fileFd;
            fileFd = CLOSED;
            posix.close(closing, file);
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closeFile();
            if (rootFd != CLOSED) {
                int closing = rootFd;
                rootFd = CLOSED;
                posix.close(closing, PathBytes.ROOT);
            }
        } finally {
            lock.unlock();
        }
    }
}
