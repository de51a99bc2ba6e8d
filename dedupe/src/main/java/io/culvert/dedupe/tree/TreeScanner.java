package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A walk through a directory tree in the order of a manifest: the root, then each directory before what is in it, names
 * sorted by their unsigned bytes.
 *
 * <p>A thread of its own lists and stats a bounded number of entries ahead of the visitor, so what an entry's stat says is
 * as old as the visitor is slow; data is read, and whatever else is asked for, only from the very file that was seen. A
 * directory is opened for the visitor when something in it is asked for, not before: who finds nothing changed opens
 * nothing. Symbolic links are entries, never ways. Memory: the names of the directories on the way from the root to
 * where the walk stands, what is ahead, and the files whose further names are still to come. Whatever cannot be read is
 * told as a {@link ScanProblem}; nothing but the excluded is passed over in silence. For one thread at a time; whoever
 * opened it closes it.
 */
public final class TreeScanner implements AutoCloseable {

    private final ScanContext context;
    private final DirectoryChain chain;
    private final WalkAhead walk;

    private TreeScanner(ScanContext context, DirectoryChain chain, WalkAhead walk) {
        this.context = context;
        this.chain = chain;
        this.walk = walk;
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
            Stat rootStat = posix.stat(rootFd, PathBytes.ROOT);
            int walkFd = posix.openDirectory(rootFd, Posix.SELF, PathBytes.ROOT);
            WalkAhead walk = new WalkAhead(new TreeWalk(new Posix(root), settings, walkFd, rootStat));
            TreeScanner opened = new TreeScanner(context, new DirectoryChain(posix, rootFd, rootStat.id()), walk);
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
        for (Optional<Step> step = walk.next(); step.isPresent(); step = walk.next()) {
            switch (step.get()) {
                case Step.Found found -> visit(visitor, new ScannedEntry(context, chain, found));
                case Step.Entered entered -> chain.enterUnopened(entered.directory());
                case Step.Left left -> chain.leave();
                case Step.Trouble trouble -> visitor.problem(trouble.problem());
            }
        }
    }

    private static void visit(TreeVisitor visitor, ScannedEntry entry) throws IOException {
        try {
            visitor.visit(entry);
        } catch (ScanProblemException known) {
            visitor.problem(known.problem());
        }
    }

    @Override
    public void close() throws IOException {
        walk.close();
        chain.close();
    }
}
