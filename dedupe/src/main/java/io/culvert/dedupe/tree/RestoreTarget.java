package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The target directory of a restore, and what is done about what it holds already.
 *
 * <p>A default ACL of the target is put aside while the restore runs, or everything made in it would inherit from it
 * what the snapshot does not say; it comes back at the end unless the snapshot's root has its own.
 */
final class RestoreTarget {

    private static final String DEFAULT_ACL = "system.posix_acl_default";

    private static final Comparator<Timestamp> BY_TIME =
            Comparator.comparingLong(Timestamp::seconds).thenComparingInt(Timestamp::nanos);

    /** The longest tick of a kernel's clock (HZ=100), doubled. */
    private static final Duration CLOCK_TICK = Duration.ofMillis(20);

    private final Posix posix;
    private final PosixAttributes attributes;
    private final MetadataWriter metadata;
    private final TreeWriter.Existing existing;
    private final int rootFd;
    private final Stat rootStat;
    private final Optional<Xattr> defaultAcl;

    /** Something that gives a name to something new. */
    interface Making {
        int make() throws PosixException;
    }

    private RestoreTarget(Tools tools, TreeWriter.Existing existing, int rootFd, Stat rootStat, Optional<Xattr> acl) {
        this.posix = tools.posix();
        this.attributes = tools.attributes();
        this.metadata = tools.metadata();
        this.existing = existing;
        this.rootFd = rootFd;
        this.rootStat = rootStat;
        this.defaultAcl = acl;
    }

    /** What a restore works with. */
    record Tools(Posix posix, PosixAttributes attributes, MetadataWriter metadata) {}

    static RestoreTarget open(Tools tools, String target, TreeWriter.Existing existing) throws IOException {
        Posix posix = tools.posix();
        PosixAttributes attributes = tools.attributes();
        boolean made = posix.makeRoot();
        int rootFd = posix.openRoot();
        try {
            attributes.requireProc(rootFd);
            switch (existing) {
                case REFUSE -> requireEmpty(posix, rootFd, target, made);
                case REPLACE -> touch(posix, attributes, rootFd);
            }
            Optional<Xattr> acl = attributes.xattrs(rootFd, PosixAttributes.Kind.PLAIN, PathBytes.ROOT).stream()
                    .filter(xattr -> xattr.name().equals(DEFAULT_ACL))
                    .findFirst();
            if (acl.isPresent()) {
                attributes.removeXattr(rootFd, DEFAULT_ACL, PathBytes.ROOT);
            }
            Stat rootStat = posix.stat(rootFd, PathBytes.ROOT);
            RestoreTarget opened = new RestoreTarget(tools, existing, rootFd, rootStat, acl);
            rootFd = -1;
            return opened;
        } finally {
            if (rootFd >= 0) {
                posix.close(rootFd, PathBytes.ROOT);
            }
        }
    }

    /**
     * Moves the root's change time to now by the file system's own clock, and lets that clock tick once, so that
     * everything that this restore makes is younger than the root and everything else is not.
     */
    private static void touch(Posix posix, PosixAttributes attributes, int rootFd) throws IOException {
        attributes.changeTimes(
                rootFd, posix.stat(rootFd, PathBytes.ROOT).content().modified(), PathBytes.ROOT);
        LockSupport.parkNanos(CLOCK_TICK.toNanos());
    }

    private static void requireEmpty(Posix posix, int rootFd, String target, boolean made) throws IOException {
        List<byte[]> names = new ArrayList<>();
        posix.list(rootFd, names, PathBytes.ROOT);
        if (!made && !names.isEmpty()) {
            throw new IOException("the target " + target
                    + " is not empty; name a new or empty directory, or ask for what is there to be replaced");
        }
    }

    int rootFd() {
        return rootFd;
    }

    FileId rootId() {
        return rootStat.id();
    }

    /**
     * Makes something new of the given name, after removing what has it if that is asked for.
     *
     * @throws RefusedEntryException if the name is taken
     */
    int make(int dirFd, byte[] name, PathBytes path, Making making) throws IOException {
        try {
            return making.make();
        } catch (PosixException failure) {
            if (!failure.is(Errno.EEXIST)) {
                throw failure;
            }
        }
        requireReplacing(path);
        if (posix.stat(dirFd, name, path).isDirectory()) {
            posix.removeDirectory(dirFd, name, path);
        } else {
            posix.removeFile(dirFd, name, path);
        }
        return making.make();
    }

    private void requireReplacing(PathBytes path) throws RefusedEntryException {
        switch (existing) {
            case REFUSE -> throw new RefusedEntryException(path, "something of that name is there already");
            case REPLACE -> {}
        }
    }

    /** Makes a directory, or takes one that is there and empties it of attributes and rights of others. */
    void makeDirectory(int dirFd, byte[] name, PathBytes path) throws IOException {
        try {
            posix.makeDirectory(dirFd, name, path);
            return;
        } catch (PosixException failure) {
            if (!failure.is(Errno.EEXIST)) {
                throw failure;
            }
        }
        requireReplacing(path);
        if (!posix.stat(dirFd, name, path).isDirectory()) {
            posix.removeFile(dirFd, name, path);
            posix.makeDirectory(dirFd, name, path);
            return;
        }
        int handle = posix.openHandle(dirFd, name, path);
        try {
            attributes.changeMode(handle, PosixAttributes.Kind.HANDLE, 0700, path);
        } finally {
            posix.close(handle, path);
        }
        int fd = posix.openDirectory(dirFd, name, path);
        try {
            metadata.removeXattrs(fd, path);
        } finally {
            posix.close(fd, path);
        }
    }

    /**
     * Makes sure that a hard link gives a further name only to what this restore made: in a target that was empty that
     * is everything, else what has changed since it began.
     *
     * @throws RefusedEntryException if it would be something else
     */
    void requireMadeHere(Stat first, PathBytes firstPath, PathBytes link) throws RefusedEntryException {
        boolean older =
                BY_TIME.compare(first.content().changed(), rootStat.content().changed()) <= 0;
        if (first.isDirectory() || (existing == TreeWriter.Existing.REPLACE && older)) {
            throw new RefusedEntryException(
                    link, "it is a hard link to \"" + firstPath + "\", which is no file that this restore made");
        }
    }

    /** Puts the target's own default ACL back, or readies it for the attributes of the snapshot's root. */
    void complete(@Nullable Entry rootEntry) throws IOException {
        if (rootEntry != null) {
            metadata.removeXattrs(rootFd, PathBytes.ROOT);
        } else if (defaultAcl.isPresent()) {
            attributes.setXattr(rootFd, PosixAttributes.Kind.PLAIN, defaultAcl.get(), PathBytes.ROOT);
        }
    }
}
