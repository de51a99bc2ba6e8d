package io.culvert.dedupe.tree;

import static io.culvert.dedupe.tree.LibC.INT;
import static io.culvert.dedupe.tree.LibC.LONG;
import static io.culvert.dedupe.tree.LibC.POINTER;
import static io.culvert.dedupe.tree.LibC.link;
import static io.culvert.dedupe.tree.LibC.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of libc that look at names in directories or change them, as C declares them. */
final class LibCNames {

    private static final MethodHandle STATX = link("statx", INT, INT, POINTER, INT, INT, POINTER);
    private static final MethodHandle GETDENTS64 = link("getdents64", LONG, INT, POINTER, LONG);
    private static final MethodHandle READLINKAT = link("readlinkat", LONG, INT, POINTER, POINTER, LONG);
    private static final MethodHandle SYMLINKAT = link("symlinkat", INT, POINTER, INT, POINTER);
    private static final MethodHandle LINKAT = link("linkat", INT, INT, POINTER, INT, POINTER, INT);
    private static final MethodHandle MKDIRAT = link("mkdirat", INT, INT, POINTER, INT);
    private static final MethodHandle MKNODAT = link("mknodat", INT, INT, POINTER, INT, LONG);
    private static final MethodHandle UNLINKAT = link("unlinkat", INT, INT, POINTER, INT);

    private LibCNames() {}

    static int statx(MemorySegment capture, int dirFd, MemorySegment path, int flags, int mask, MemorySegment result) {
        try {
            return (int) STATX.invokeExact(capture, dirFd, path, flags, mask, result);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long getdents64(MemorySegment capture, int fd, MemorySegment buffer, long count) {
        try {
            return (long) GETDENTS64.invokeExact(capture, fd, buffer, count);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long readlinkat(MemorySegment capture, int dirFd, MemorySegment path, MemorySegment buffer, long count) {
        try {
            return (long) READLINKAT.invokeExact(capture, dirFd, path, buffer, count);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int symlinkat(MemorySegment capture, MemorySegment target, int dirFd, MemorySegment path) {
        try {
            return (int) SYMLINKAT.invokeExact(capture, target, dirFd, path);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int linkat(MemorySegment capture, int fromFd, MemorySegment from, int toFd, MemorySegment to, int flags) {
        try {
            return (int) LINKAT.invokeExact(capture, fromFd, from, toFd, to, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int mkdirat(MemorySegment capture, int dirFd, MemorySegment path, int mode) {
        try {
            return (int) MKDIRAT.invokeExact(capture, dirFd, path, mode);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int mknodat(MemorySegment capture, int dirFd, MemorySegment path, int mode, long device) {
        try {
            return (int) MKNODAT.invokeExact(capture, dirFd, path, mode, device);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int unlinkat(MemorySegment capture, int dirFd, MemorySegment path, int flags) {
        try {
            return (int) UNLINKAT.invokeExact(capture, dirFd, path, flags);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }
}
