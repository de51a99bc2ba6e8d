package io.culvert.dedupe.tree;

import static io.culvert.dedupe.tree.LibC.INT;
import static io.culvert.dedupe.tree.LibC.LONG;
import static io.culvert.dedupe.tree.LibC.POINTER;
import static io.culvert.dedupe.tree.LibC.link;
import static io.culvert.dedupe.tree.LibC.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of libc for owners, modes, times and extended attributes, as C declares them. */
final class LibCAttributes {

    private static final MethodHandle FCHOWNAT = link("fchownat", INT, INT, POINTER, INT, INT, INT);
    private static final MethodHandle FCHMOD = link("fchmod", INT, INT, INT);
    private static final MethodHandle FCHMODAT = link("fchmodat", INT, INT, POINTER, INT, INT);
    private static final MethodHandle FUTIMENS = link("futimens", INT, INT, POINTER);
    private static final MethodHandle UTIMENSAT = link("utimensat", INT, INT, POINTER, POINTER, INT);
    private static final MethodHandle FLISTXATTR = link("flistxattr", LONG, INT, POINTER, LONG);
    private static final MethodHandle LISTXATTR = link("listxattr", LONG, POINTER, POINTER, LONG);
    private static final MethodHandle FGETXATTR = link("fgetxattr", LONG, INT, POINTER, POINTER, LONG);
    private static final MethodHandle GETXATTR = link("getxattr", LONG, POINTER, POINTER, POINTER, LONG);
    private static final MethodHandle FSETXATTR = link("fsetxattr", INT, INT, POINTER, POINTER, LONG, INT);
    private static final MethodHandle SETXATTR = link("setxattr", INT, POINTER, POINTER, POINTER, LONG, INT);
    private static final MethodHandle FREMOVEXATTR = link("fremovexattr", INT, INT, POINTER);

    private LibCAttributes() {}

    static int fchownat(MemorySegment capture, int dirFd, MemorySegment path, int uid, int gid, int flags) {
        try {
            return (int) FCHOWNAT.invokeExact(capture, dirFd, path, uid, gid, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int fchmod(MemorySegment capture, int fd, int mode) {
        try {
            return (int) FCHMOD.invokeExact(capture, fd, mode);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int fchmodat(MemorySegment capture, int dirFd, MemorySegment path, int mode, int flags) {
        try {
            return (int) FCHMODAT.invokeExact(capture, dirFd, path, mode, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int futimens(MemorySegment capture, int fd, MemorySegment times) {
        try {
            return (int) FUTIMENS.invokeExact(capture, fd, times);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int utimensat(MemorySegment capture, int dirFd, MemorySegment path, MemorySegment times, int flags) {
        try {
            return (int) UTIMENSAT.invokeExact(capture, dirFd, path, times, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long flistxattr(MemorySegment capture, int fd, MemorySegment list, long size) {
        try {
            return (long) FLISTXATTR.invokeExact(capture, fd, list, size);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long listxattr(MemorySegment capture, MemorySegment path, MemorySegment list, long size) {
        try {
            return (long) LISTXATTR.invokeExact(capture, path, list, size);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long fgetxattr(MemorySegment capture, int fd, MemorySegment name, MemorySegment value, long size) {
        try {
            return (long) FGETXATTR.invokeExact(capture, fd, name, value, size);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long getxattr(
            MemorySegment capture, MemorySegment path, MemorySegment name, MemorySegment value, long size) {
        try {
            return (long) GETXATTR.invokeExact(capture, path, name, value, size);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int fsetxattr(MemorySegment capture, int fd, MemorySegment name, MemorySegment value, long size, int flags) {
        try {
            return (int) FSETXATTR.invokeExact(capture, fd, name, value, size, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int setxattr(
            MemorySegment capture, MemorySegment path, MemorySegment name, MemorySegment value, long size, int flags) {
        try {
            return (int) SETXATTR.invokeExact(capture, path, name, value, size, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int fremovexattr(MemorySegment capture, int fd, MemorySegment name) {
        try {
            return (int) FREMOVEXATTR.invokeExact(capture, fd, name);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }
}
