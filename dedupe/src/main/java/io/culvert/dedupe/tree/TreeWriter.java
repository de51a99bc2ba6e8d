package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Restores a tree below a target directory, and nothing outside it whatever the entries say.
 *
 * <p>Each entry is made by its own name in the directory that is open above it; no path is ever resolved, no link
 * followed. Directories stay at mode 0700 while they are filled and get their owner, attributes, mode and times when the
 * walk leaves them. A process that is not root restores what it may and lists the rest in its {@link RestoreReport}.
 * After a crash the target holds a part of the tree, of which at most one file is incomplete.
 */
public final class TreeWriter implements TreeSink {

    /** Most entries left out whose further names are recognised as such. */
    private static final int MAX_LEFT_OUT = 10_000;

    private static final int CLOSED = -1;

    private final Posix posix;
    private final RestoreTarget target;
    private final DirectoryChain chain;
    private final MetadataWriter metadata;
    private final RestoreReport.Builder report;
    private final EntryRules rules = new EntryRules();
    private final Deque<Entry> directories = new ArrayDeque<>();
    private final Set<PathBytes> leftOut = new HashSet<>();
    private @Nullable Entry rootEntry;
    private @Nullable RestoredFile file;

    private TreeWriter(Posix posix, RestoreTarget target, MetadataWriter metadata, RestoreReport.Builder report) {
        this.posix = posix;
        this.target = target;
        this.metadata = metadata;
        this.report = report;
        this.chain = new DirectoryChain(posix, target.rootFd(), target.rootId());
    }

    /** What happens to files that are in the target already. */
    public enum Existing {
        /** The target must be new or empty. */
        REFUSE,
        /** What has the name of an entry is replaced, directories are filled up, the rest is let be. */
        REPLACE
    }

    /** Links the functions of libc that writing a tree calls, a fifth of a second's work; may be left out. */
    public static void preload() {
        try {
            for (Class<?> linked : List.of(LibCFiles.class, LibCNames.class, LibCAttributes.class, OwnerNames.class)) {
                MethodHandles.lookup().ensureInitialized(linked);
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError("classes of this package must be accessible", e);
        }
    }

    /**
     * Opens a target directory, or makes it if its parent exists.
     *
     * @param target the directory's path, in UTF-8; links in it are followed
     * @throws IOException if it cannot be made or opened, or is not empty and {@code existing} refuses that
     */
    public static TreeWriter open(String target, Existing existing) throws IOException {
        Posix posix = new Posix(target);
        RestoreReport.Builder report = new RestoreReport.Builder();
        PosixAttributes attributes = new PosixAttributes(posix);
        MetadataWriter metadata = new MetadataWriter(posix, attributes, report);
        RestoreTarget.Tools tools = new RestoreTarget.Tools(posix, attributes, metadata);
        return new TreeWriter(posix, RestoreTarget.open(tools, target, existing), metadata, report);
    }

    @Override
    public void begin(Entry entry) throws IOException {
        completeFile();
        rules.check(entry);
        if (entry.path().isRoot()) {
            rootEntry = entry;
            return;
        }
        goTo(entry.path());
        byte[] name = entry.path().name();
        switch (entry.type()) {
            case DIRECTORY -> makeDirectory(name, entry);
            case FILE -> makeFile(name, entry);
            case SYMLINK -> makeSymlink(name, entry);
            case HARD_LINK -> makeHardLink(name, entry);
            case FIFO -> makeNode(name, entry, Stat.TYPE_FIFO);
            case CHARACTER_DEVICE -> makeNode(name, entry, Stat.TYPE_CHARACTER_DEVICE);
            case BLOCK_DEVICE -> makeNode(name, entry, Stat.TYPE_BLOCK_DEVICE);
            case SOCKET ->
                leaveOut(RestoreNote.Kind.SOCKET, entry.path(), "sockets are made by the process that listens");
        }
    }

    /** Goes up to the directory that holds {@code path}, which must have come before as a directory. */
    private void goTo(PathBytes path) throws IOException {
        PathBytes parent = path.parent();
        while (chain.depth() > 0 && !chain.path().equals(parent)) {
            leaveDirectory();
        }
        if (!chain.path().equals(parent)) {
            throw new RefusedEntryException(path, "\"" + parent + "\" did not come before it as a directory");
        }
    }

    private void leaveDirectory() throws IOException {
        metadata.apply(chain.fd(), directories.pop());
        chain.leave();
    }

    private void makeDirectory(byte[] name, Entry entry) throws IOException {
        target.makeDirectory(chain.fd(), name, entry.path());
        chain.enter(name, entry.path());
        directories.push(entry);
    }

    private void makeFile(byte[] name, Entry entry) throws IOException {
        int dirFd = chain.fd();
        int fd = target.make(dirFd, name, entry.path(), () -> posix.createFile(dirFd, name, entry.path()));
        file = new RestoredFile(posix, fd, entry);
    }

    private void makeSymlink(byte[] name, Entry entry) throws IOException {
        int dirFd = chain.fd();
        byte[] to = entry.target().toArray();
        target.make(dirFd, name, entry.path(), () -> {
            posix.makeSymlink(to, dirFd, name, entry.path());
            return 0;
        });
        metadata.apply(dirFd, name, entry);
    }

    private void makeNode(byte[] name, Entry entry, int type) throws IOException {
        int dirFd = chain.fd();
        try {
            target.make(dirFd, name, entry.path(), () -> {
                posix.makeNode(dirFd, name, type, entry.device(), entry.path());
                return 0;
            });
        } catch (PosixException failure) {
            if (!failure.is(Errno.EPERM) || !entry.type().isDevice()) {
                throw failure;
            }
            leaveOut(RestoreNote.Kind.DEVICE, entry.path(), "this process may make no device nodes");
            return;
        }
        metadata.apply(dirFd, name, entry);
    }

    private void leaveOut(RestoreNote.Kind kind, PathBytes path, String reason) {
        report.add(new RestoreNote(kind, path, "\"" + path + "\" is left out: " + reason));
        if (leftOut.size() < MAX_LEFT_OUT) {
            leftOut.add(path);
        }
    }

    private void makeHardLink(byte[] name, Entry entry) throws IOException {
        PathBytes first = EntryRules.linkTarget(entry);
        if (leftOut.contains(first)) {
            leaveOut(RestoreNote.Kind.HARD_LINK, entry.path(), "so is \"" + first + "\", whose further name it is");
            return;
        }
        int dirFd = chain.fd();
        int fd = openFirstName(first, entry.path());
        try {
            target.requireMadeHere(posix.stat(fd, first), first, entry.path());
            target.make(dirFd, name, entry.path(), () -> {
                posix.makeLink(fd, dirFd, name, entry.path());
                return 0;
            });
        } finally {
            posix.close(fd, first);
        }
    }

    /** A handle on the file of the given path, reached from the root by one name at a time. */
    private int openFirstName(PathBytes first, PathBytes link) throws IOException {
        try {
            if (first.parent().equals(chain.path())) {
                return posix.openHandle(chain.fd(), first.name(), first);
            }
            int at = chain.rootFd();
            for (PathBytes step : stepsTo(first.parent())) {
                int above = at;
                try {
                    at = posix.openDirectory(above, step.name(), step);
                } finally {
                    closeUnlessRoot(above, step);
                }
            }
            try {
                return posix.openHandle(at, first.name(), first);
            } finally {
                closeUnlessRoot(at, first);
            }
        } catch (PosixException absent) {
            throw new RefusedEntryException(
                    link, "it is a hard link to \"" + first + "\", which is not there (" + absent.line() + ")");
        }
    }

    private void closeUnlessRoot(int fd, PathBytes path) throws IOException {
        if (fd != chain.rootFd()) {
            posix.close(fd, path);
        }
    }

    /** The directories from the first below the root down to {@code directory}. */
    private static List<PathBytes> stepsTo(PathBytes directory) {
        List<PathBytes> steps = new ArrayList<>();
        for (PathBytes at = directory; !at.isRoot(); at = at.parent()) {
            steps.addFirst(at);
        }
        return steps;
    }

    @Override
    public void data(Slice data) throws IOException {
        openFile().data(data);
    }

    @Override
    public void hole(long lengthBytes) throws IOException {
        openFile().hole(lengthBytes);
    }

    private RestoredFile openFile() {
        if (file == null) {
            throw new IllegalStateException("data belongs to a file, and none has begun");
        }
        return file;
    }

    private void completeFile() throws IOException {
        RestoredFile current = file;
        if (current != null) {
            current.complete();
            metadata.apply(current.fd(), current.entry());
            file = null;
            posix.close(current.fd(), current.entry().path());
        }
    }

    @Override
    public RestoreReport finish() throws IOException {
        completeFile();
        while (chain.depth() > 0) {
            leaveDirectory();
        }
        target.complete(rootEntry);
        if (rootEntry != null) {
            metadata.apply(chain.rootFd(), rootEntry);
        }
        return report.build();
    }

    /**
     * Makes everything restored durable, after {@link #finish()}.
     *
     * @throws PosixException if the disk did not take something
     */
    public void force() throws IOException {
        posix.syncFileSystem(chain.rootFd(), PathBytes.ROOT);
    }

    @Override
    public void close() throws IOException {
        try (chain) {
            RestoredFile incomplete = file;
            if (incomplete != null) {
                file = null;
                PathBytes path = incomplete.entry().path();
                posix.close(incomplete.fd(), path);
                posix.removeFile(chain.fd(), path.name(), path);
            }
        }
    }
}
