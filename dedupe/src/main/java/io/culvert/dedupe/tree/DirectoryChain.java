package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories from a root down to where a walk stands, of which only the deepest are open, and those only if wanted.
 *
 * <p>At most {@link #MAX_OPEN} descriptors and the root's are held, so no depth exhausts them. A directory that had to
 * be closed, or was not opened yet, is opened through {@code ..} of its child when the walk comes back, or step by step
 * from the deepest open one above, and is believed only if it is the same inode as before: what was moved or exchanged
 * meanwhile is never entered. For one thread at a time.
 */
final class DirectoryChain implements AutoCloseable {

    /** Most directories open besides the root. */
    static final int MAX_OPEN = 64;

    private static final int CLOSED = -1;

    private final Posix posix;
    private final List<Level> levels = new ArrayList<>();

    private static final class Level {
        final byte[] name;
        final PathBytes path;
        final FileId id;
        int fd;

        Level(byte[] name, PathBytes path, FileId id, int fd) {
            this.name = name;
            this.path = path;
            this.id = id;
            this.fd = fd;
        }
    }

    /** Takes over the descriptor of the root. */
    DirectoryChain(Posix posix, int rootFd, FileId rootId) {
        this.posix = posix;
        levels.add(new Level(new byte[0], PathBytes.ROOT, rootId, rootFd));
    }

    /** Directories below the root down to the deepest; 0 at the root. */
    int depth() {
        return levels.size() - 1;
    }

    PathBytes path() {
        return levels.getLast().path;
    }

    FileId id() {
        return levels.getLast().id;
    }

    int rootFd() {
        return levels.getFirst().fd;
    }

    /**
     * The descriptor of the deepest directory.
     *
     * @throws MovedDirectoryException if it was not open and is not where it was
     */
    int fd() throws IOException {
        Level deepest = levels.getLast();
        if (deepest.fd == CLOSED) {
            open();
        }
        return deepest.fd;
    }

    /**
     * Goes down into {@code name} of the deepest directory.
     *
     * @return what was opened, which may be another than the caller saw before: it compares
     * @throws PosixException if it is no directory, or a link to one
     */
    Stat enter(byte[] name, PathBytes path) throws IOException {
        int fd = posix.openDirectory(fd(), name, path);
        try {
            Stat stat = posix.stat(fd, path);
            add(new Level(name, path, stat.id(), fd));
            fd = CLOSED;
            return stat;
        } finally {
            if (fd != CLOSED) {
                posix.close(fd, path);
            }
        }
    }

    /** Goes down into a directory found in the deepest one, without opening it before {@link #fd()}. */
    void enterUnopened(Step.Found directory) throws IOException {
        add(new Level(directory.name(), directory.path(), directory.stat().id(), CLOSED));
    }

    private void add(Level level) throws IOException {
        levels.add(level);
        if (levels.size() - 1 > MAX_OPEN) {
            closeLevel(levels.get(levels.size() - 1 - MAX_OPEN));
        }
    }

    /** Goes up by one; the directory above is opened again now if the way through {@code ..} leads there. */
    void leave() throws IOException {
        Level left = levels.removeLast();
        Level above = levels.getLast();
        try {
            if (above.fd == CLOSED && left.fd != CLOSED) {
                above.fd = reopenAbove(left, above);
            }
        } finally {
            closeLevel(left);
        }
    }

    private int reopenAbove(Level left, Level above) throws IOException {
        int fd = posix.openDirectory(left.fd, Posix.PARENT, above.path);
        if (posix.stat(fd, above.path).id().equals(above.id)) {
            return fd;
        }
        posix.close(fd, above.path);
        return CLOSED;
    }

    /** Opens the deepest directory and what is closed above it; of these the deepest {@link #MAX_OPEN} stay open. */
    private void open() throws IOException {
        int last = levels.size() - 1;
        int at = last;
        while (levels.get(at).fd == CLOSED) {
            at--;
        }
        for (; at < last; at++) {
            Level below = levels.get(at + 1);
            below.fd = open(levels.get(at).fd, below);
            if (at > 0 && at <= last - MAX_OPEN) {
                closeLevel(levels.get(at));
            }
        }
    }

    private int open(int aboveFd, Level level) throws IOException {
        int fd;
        try {
            fd = posix.openDirectory(aboveFd, level.name, level.path);
        } catch (PosixException gone) {
            throw new MovedDirectoryException(level.path, gone);
        }
        if (!posix.stat(fd, level.path).id().equals(level.id)) {
            posix.close(fd, level.path);
            throw new MovedDirectoryException(level.path, null);
        }
        return fd;
    }

    private void closeLevel(Level level) throws IOException {
        if (level.fd != CLOSED) {
            int fd = level.fd;
            level.fd = CLOSED;
            posix.close(fd, level.path);
        }
    }

    @Override
    public void close() throws IOException {
        while (!levels.isEmpty()) {
            closeLevel(levels.removeLast());
        }
    }
}
