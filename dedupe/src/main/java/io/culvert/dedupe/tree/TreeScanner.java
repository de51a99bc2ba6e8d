package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A walk through a directory tree in the order of a manifest: the root, then each directory before what is in it, names
 * sorted by their unsigned bytes.
 *
 * <p>One stat per entry, one open and listing per directory. Symbolic links are entries, never ways. Memory: the names
 * of the directories on the way from the root to where the walk stands, and the files whose further names are still to
 * come. Whatever cannot be read is told as a {@link ScanProblem}; nothing but the excluded is passed over in silence.
 * For one thread at a time; whoever opened it closes it.
 */
public final class TreeScanner implements AutoCloseable {

    private static final byte[] EMPTY = {};

    private final ScanContext context;
    private final ScanSettings settings;
    private final DirectoryChain chain;
    private final Stat rootStat;
    private final HardLinks hardLinks = new HardLinks();
    private final Deque<Listing> listings = new ArrayDeque<>();

    /** The names of one directory, sorted, and how far the walk is. */
    private static final class Listing {
        final PathBytes directory;
        final byte[][] names;
        int next;

        Listing(PathBytes directory, byte[][] names) {
            this.directory = directory;
            this.names = names;
        }
    }

    private TreeScanner(ScanContext context, ScanSettings settings, int rootFd, Stat rootStat) {
        this.context = context;
        this.settings = settings;
        this.rootStat = rootStat;
        this.chain = new DirectoryChain(context.posix(), rootFd, rootStat.id());
    }

    /**
     * Opens a tree.
     *
     * @param root the directory's path, in UTF-8; links in it are followed
     * @throws PosixException if there is no such directory or it may not be read
     */
    public static TreeScanner open(String root, ScanSettings settings, InstantSource clock) throws IOException {
        Posix posix = new Posix(root);
        int rootFd = posix.openRoot();
        try {
            PosixAttributes attributes = new PosixAttributes(posix);
            attributes.requireProc(rootFd);
            ScanContext context = new ScanContext(posix, attributes, new OwnerNames(), clock);
            TreeScanner opened = new TreeScanner(context, settings, rootFd, posix.stat(rootFd, PathBytes.ROOT));
            rootFd = -1;
            return opened;
        } finally {
            if (rootFd >= 0) {
                posix.close(rootFd, PathBytes.ROOT);
            }
        }
    }

    /**
     * Walks the tree, once.
     *
     * @throws IOException what {@code visitor} throws, and a root that cannot be listed
     */
    public void scan(TreeVisitor visitor) throws IOException {
        visit(
                visitor,
                new ScannedEntry(
                        context, chain, new ScannedEntry.Place(PathBytes.ROOT, EMPTY), rootStat, Optional.empty()));
        listings.push(list(PathBytes.ROOT));
        while (!listings.isEmpty()) {
            Listing top = listings.peek();
            if (top.next < top.names.length) {
                step(visitor, top);
            } else {
                listings.pop();
                if (chain.depth() > 0) {
                    chain.leave();
                }
            }
        }
    }

    private void step(TreeVisitor visitor, Listing listing) throws IOException {
        byte[] name = listing.names[listing.next];
        listing.names[listing.next++] = EMPTY;
        if (!fits(listing.directory, name)) {
            String detail =
                    "a name of " + name.length + " bytes in \"" + listing.directory + "\" makes a path too long";
            visitor.problem(new ScanProblem(ScanProblem.Kind.TOO_LONG, listing.directory, detail));
            return;
        }
        PathBytes path = listing.directory.resolve(name);
        Stat stat;
        try {
            stat = context.posix().stat(chain.fd(), name, path);
        } catch (PosixException failure) {
            visitor.problem(ScanProblem.of(path, failure));
            return;
        } catch (MovedDirectoryException moved) {
            listing.next = listing.names.length;
            visitor.problem(new ScanProblem(ScanProblem.Kind.REPLACED, listing.directory, moved.line()));
            return;
        }
        if (settings.exclude().match(path, stat.isDirectory())) {
            return;
        }
        visit(
                visitor,
                new ScannedEntry(
                        context, chain, new ScannedEntry.Place(path, name), stat, hardLinks.firstName(stat, path)));
        if (stat.isDirectory()) {
            Optional<ScanProblem> problem = descend(name, path, stat);
            if (problem.isPresent()) {
                visitor.problem(problem.get());
            }
        }
    }

    private static boolean fits(PathBytes directory, byte[] name) {
        return name.length <= PathBytes.MAX_NAME_BYTES
                && directory.lengthBytes() + 1 + name.length <= PathBytes.MAX_LENGTH_BYTES;
    }

    private static void visit(TreeVisitor visitor, ScannedEntry entry) throws IOException {
        try {
            visitor.visit(entry);
        } catch (ScanProblemException known) {
            visitor.problem(known.problem());
        }
    }

    private Optional<ScanProblem> descend(byte[] name, PathBytes path, Stat seen) throws IOException {
        if (seen.id().device() != chain.id().device() && !settings.crossFileSystems()) {
            String detail = "\"" + path + "\" is the root of another file system, which is not asked for";
            return Optional.of(new ScanProblem(ScanProblem.Kind.OTHER_FILE_SYSTEM, path, detail));
        }
        try {
            Stat entered = chain.enter(name, path);
            if (!entered.id().equals(seen.id())) {
                chain.leave();
                String detail = "the directory \"" + path + "\" was replaced by another while it was looked at";
                return Optional.of(new ScanProblem(ScanProblem.Kind.REPLACED, path, detail));
            }
        } catch (PosixException failure) {
            return Optional.of(ScanProblem.of(path, failure));
        } catch (MovedDirectoryException moved) {
            return Optional.of(new ScanProblem(ScanProblem.Kind.REPLACED, path, moved.line()));
        }
        try {
            listings.push(list(path));
            return Optional.empty();
        } catch (PosixException failure) {
            chain.leave();
            return Optional.of(ScanProblem.of(path, failure));
        }
    }

    private Listing list(PathBytes directory) throws IOException {
        List<byte[]> names = new ArrayList<>();
        context.posix().list(chain.fd(), names, directory);
        byte[][] sorted = names.toArray(byte[][]::new);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return new Listing(directory, sorted);
    }

    @Override
    public void close() throws IOException {
        chain.close();
    }
}
