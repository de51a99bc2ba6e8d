package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names and stats of a directory tree, step by step: the root, then each directory before what is in it, names sorted
 * by their unsigned bytes.
 *
 * <p>One stat per entry, one open and listing per directory. Symbolic links are entries, never ways. Memory: the names
 * of the directories on the way from the root to where the walk stands, and the files whose further names are still to
 * come. Whatever cannot be looked at is a step too; nothing but the excluded is passed over in silence. For one thread
 * at a time.
 */
final class TreeWalk implements AutoCloseable {

    private static final byte[] EMPTY = {};

    private final Posix posix;
    private final ScanSettings settings;
    private final DirectoryChain chain;
    private final HardLinks hardLinks = new HardLinks();
    private final Deque<Listing> listings = new ArrayDeque<>();
    private Step.@Nullable Found unseen;
    private Step.@Nullable Found unentered;

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

    /** Takes over the descriptor of the root, which must just have been opened. */
    TreeWalk(Posix posix, ScanSettings settings, int rootFd, Stat rootStat) {
        this.posix = posix;
        this.settings = settings;
        this.chain = new DirectoryChain(posix, rootFd, rootStat.id());
        this.unseen = new Step.Found(PathBytes.ROOT, EMPTY, rootStat, Optional.empty());
    }

    /**
     * The next step; empty at the end.
     *
     * @throws IOException if the root cannot be listed
     */
    Optional<Step> next() throws IOException {
        if (unseen != null) {
            Step.Found root = unseen;
            unseen = null;
            listings.push(list(PathBytes.ROOT));
            return Optional.of(root);
        }
        if (unentered != null) {
            Step.Found directory = unentered;
            unentered = null;
            return Optional.of(enter(directory));
        }
        while (!listings.isEmpty()) {
            Listing top = listings.peek();
            while (top.next < top.names.length) {
                Optional<Step> step = look(top);
                if (step.isPresent()) {
                    return step;
                }
            }
            listings.pop();
            if (chain.depth() > 0) {
                chain.leave();
                return Optional.of(new Step.Left());
            }
        }
        return Optional.empty();
    }

    /** Looks at the next name of a listing; empty if that is excluded. */
    private Optional<Step> look(Listing listing) throws IOException {
        byte[] name = listing.names[listing.next];
        listing.names[listing.next++] = EMPTY;
        if (!fits(listing.directory, name)) {
            String detail =
                    "a name of " + name.length + " bytes in \"" + listing.directory + "\" makes a path too long";
            return trouble(new ScanProblem(ScanProblem.Kind.TOO_LONG, listing.directory, detail));
        }
        PathBytes path = listing.directory.resolve(name);
        Stat stat;
        try {
            stat = posix.stat(chain.fd(), name, path);
        } catch (PosixException failure) {
            return trouble(ScanProblem.of(path, failure));
        } catch (MovedDirectoryException moved) {
            listing.next = listing.names.length;
            return trouble(moved.problem());
        }
        if (settings.exclude().match(path, stat.isDirectory())) {
            return Optional.empty();
        }
        Step.Found found = new Step.Found(path, name, stat, hardLinks.firstName(stat, path));
        if (stat.isDirectory()) {
            unentered = found;
        }
        return Optional.of(found);
    }

    private static boolean fits(PathBytes directory, byte[] name) {
        return name.length <= PathBytes.MAX_NAME_BYTES
                && directory.lengthBytes() + 1 + name.length <= PathBytes.MAX_LENGTH_BYTES;
    }

    private static Optional<Step> trouble(ScanProblem problem) {
        return Optional.of(new Step.Trouble(problem));
    }

    private Step enter(Step.Found directory) throws IOException {
        PathBytes path = directory.path();
        FileId seen = directory.stat().id();
        if (seen.device() != chain.id().device() && !settings.crossFileSystems()) {
            String detail = "\"" + path + "\" is the root of another file system, which is not asked for";
            return new Step.Trouble(new ScanProblem(ScanProblem.Kind.OTHER_FILE_SYSTEM, path, detail));
        }
        try {
            Stat entered = chain.enter(directory.name(), path);
            if (!entered.id().equals(seen)) {
                chain.leave();
                String detail = "the directory \"" + path + "\" was replaced by another while it was looked at";
                return new Step.Trouble(new ScanProblem(ScanProblem.Kind.REPLACED, path, detail));
            }
        } catch (PosixException failure) {
            return new Step.Trouble(ScanProblem.of(path, failure));
        } catch (MovedDirectoryException moved) {
            return new Step.Trouble(moved.problem());
        }
        try {
            listings.push(list(path));
            return new Step.Entered(directory);
        } catch (PosixException failure) {
            chain.leave();
            return new Step.Trouble(ScanProblem.of(path, failure));
        }
    }

    private Listing list(PathBytes directory) throws IOException {
        List<byte[]> names = new ArrayList<>();
        posix.list(chain.fd(), names, directory);
        byte[][] sorted = names.toArray(byte[][]::new);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return new Listing(directory, sorted);
    }

    @Override
    public void close() throws IOException {
        chain.close();
    }
}
