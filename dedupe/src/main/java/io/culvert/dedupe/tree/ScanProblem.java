package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;

/**
 * Something in a tree that a scan could not read as it is; the caller decides whether the snapshot can do without.
 *
 * @param detail one sentence for people, with the path
 */
public record ScanProblem(Kind kind, PathBytes path, String detail) {

    /** What went wrong. */
    public enum Kind {
        /** Permission is missing. */
        UNREADABLE,
        /** It was in the listing of its directory and is there no longer. */
        VANISHED,
        /** It became another file, or another kind of file, while it was looked at. */
        REPLACED,
        /** A directory on which another file system is mounted; the entry is given, what is below is not. */
        OTHER_FILE_SYSTEM,
        /** The path, or what it refers to, is longer than a manifest can hold. */
        TOO_LONG,
        /** Any other answer of the kernel, such as an input/output error. */
        FAILED
    }

    /** Puts a failure of a system call into its kind. */
    static ScanProblem of(PathBytes path, PosixException failure) {
        Kind kind;
        if (failure.is(Errno.EACCES) || failure.is(Errno.EPERM)) {
            kind = Kind.UNREADABLE;
        } else if (failure.is(Errno.ENOENT) || failure.is(Errno.ESTALE)) {
            kind = Kind.VANISHED;
        } else if (failure.is(Errno.ELOOP) || failure.is(Errno.ENOTDIR) || failure.is(Errno.ENXIO)) {
            kind = Kind.REPLACED;
        } else if (failure.is(Errno.ENAMETOOLONG) || failure.is(Errno.EOVERFLOW) || failure.is(Errno.EILSEQ)) {
            kind = Kind.TOO_LONG;
        } else {
            kind = Kind.FAILED;
        }
        return new ScanProblem(kind, path, failure.line());
    }
}
