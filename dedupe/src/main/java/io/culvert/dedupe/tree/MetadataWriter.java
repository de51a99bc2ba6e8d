package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Access;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;

/**
 * Puts owner, extended attributes, mode and times on what a restore has made, in the order in which none undoes
 * another: a change of owner takes set-id bits and capabilities away, an ACL changes the mode, and every one of them
 * but the last moves times.
 *
 * <p>What the process may not do becomes a note; any other failure is one.
 */
final class MetadataWriter {

    private static final int SET_UID = 04000;
    private static final int SET_GID = 02000;
    private static final int LEAVE = -1;

    private final Posix posix;
    private final PosixAttributes attributes;
    private final RestoreReport.Builder report;
    private final OwnerNames owners = new OwnerNames();

    MetadataWriter(Posix posix, PosixAttributes attributes, RestoreReport.Builder report) {
        this.posix = posix;
        this.attributes = attributes;
        this.report = report;
    }

    /** All of it, on a file or directory open for reading or writing. */
    void apply(int fd, Entry entry) throws IOException {
        int permissions = applyOwner(fd, entry);
        applyXattrs(fd, PosixAttributes.Kind.PLAIN, entry);
        applyMode(fd, PosixAttributes.Kind.PLAIN, entry, permissions);
        try {
            attributes.changeTimes(fd, entry.stamp().modified(), entry.path());
        } catch (PosixException failure) {
            note(RestoreNote.Kind.TIME, entry, failure);
        }
    }

    /** All of it, on what cannot be opened but has the name {@code name} in {@code dirFd}. */
    void apply(int dirFd, byte[] name, Entry entry) throws IOException {
        int fd = posix.openHandle(dirFd, name, entry.path());
        try {
            int permissions = applyOwner(fd, entry);
            applyXattrs(fd, PosixAttributes.Kind.HANDLE, entry);
            switch (entry.type()) {
                case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE ->
                    applyMode(fd, PosixAttributes.Kind.HANDLE, entry, permissions);
                case SYMLINK, DIRECTORY, FILE, HARD_LINK, SOCKET -> {}
            }
            attributes.changeTimes(dirFd, name, entry.stamp().modified(), entry.path());
        } catch (PosixException failure) {
            note(RestoreNote.Kind.TIME, entry, failure);
        } finally {
            posix.close(fd, entry.path());
        }
    }

    /** Gives the file its owner; returns the permissions that are safe with the owner it has then. */
    private int applyOwner(int fd, Entry entry) throws IOException {
        Access access = entry.access();
        int uid = owners.uid(access.user()).orElse(access.uid());
        int gid = owners.gid(access.group()).orElse(access.gid());
        try {
            attributes.changeOwner(fd, uid, gid, entry.path());
            return access.mode();
        } catch (PosixException refused) {
            return applyWhatOwnerItMay(fd, uid, gid, entry, refused);
        }
    }

    private int applyWhatOwnerItMay(int fd, int uid, int gid, Entry entry, PosixException refused) throws IOException {
        note(RestoreNote.Kind.OWNER, entry, refused);
        try {
            attributes.changeOwner(fd, LEAVE, gid, entry.path());
        } catch (PosixException alsoRefused) {
            requireForgivable(alsoRefused);
        }
        Stat now = posix.stat(fd, entry.path());
        int permissions = entry.access().mode();
        permissions &= now.uid() == uid ? ~0 : ~SET_UID;
        permissions &= now.gid() == gid ? ~0 : ~SET_GID;
        if (permissions != entry.access().mode()) {
            String detail =
                    "\"" + entry.path() + "\" has no set-id bits, because its owner is not the one they were for";
            report.add(new RestoreNote(RestoreNote.Kind.MODE, entry.path(), detail));
        }
        return permissions;
    }

    private void applyXattrs(int fd, PosixAttributes.Kind kind, Entry entry) throws IOException {
        for (Xattr xattr : entry.xattrs()) {
            try {
                attributes.setXattr(fd, kind, xattr, entry.path());
            } catch (PosixException failure) {
                note(RestoreNote.Kind.XATTR, entry, failure);
            }
        }
    }

    /** Takes what a directory of the target already has away, but for what the security modules put there. */
    void removeXattrs(int fd, PathBytes path) throws IOException {
        for (Xattr xattr : attributes.xattrs(fd, PosixAttributes.Kind.PLAIN, path)) {
            if (!xattr.name().startsWith("security.")) {
                try {
                    attributes.removeXattr(fd, xattr.name(), path);
                } catch (PosixException failure) {
                    requireForgivable(failure);
                    report.add(new RestoreNote(RestoreNote.Kind.XATTR, path, failure.line()));
                }
            }
        }
    }

    private void applyMode(int fd, PosixAttributes.Kind kind, Entry entry, int permissions) throws IOException {
        try {
            attributes.changeMode(fd, kind, permissions, entry.path());
        } catch (PosixException failure) {
            note(RestoreNote.Kind.MODE, entry, failure);
        }
    }

    private void note(RestoreNote.Kind kind, Entry entry, PosixException failure) throws PosixException {
        requireForgivable(failure);
        report.add(new RestoreNote(kind, entry.path(), failure.line()));
    }

    /** A missing right, or a file system that has no such thing; ENOSPC is what ext4 says of too many xattrs. */
    private static void requireForgivable(PosixException failure) throws PosixException {
        boolean forgivable = failure.is(Errno.EPERM)
                || failure.is(Errno.EACCES)
                || failure.is(Errno.EOPNOTSUPP)
                || failure.is(Errno.EINVAL)
                || failure.is(Errno.ERANGE)
                || failure.is(Errno.E2BIG)
                || (failure.is(Errno.ENOSPC) && failure.operation().startsWith("fsetxattr"));
        if (!forgivable) {
            throw failure;
        }
    }
}
