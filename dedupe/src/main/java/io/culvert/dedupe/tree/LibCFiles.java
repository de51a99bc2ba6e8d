package io.culvert.dedupe.tree;

import static io.culvert.dedupe.tree.LibC.INT;
import static io.culvert.dedupe.tree.LibC.LONG;
import static io.culvert.dedupe.tree.LibC.POINTER;
import static io.culvert.dedupe.tree.LibC.link;
import static io.culvert.dedupe.tree.LibC.linkVariadic;
import static io.culvert.dedupe.tree.LibC.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of libc that open, read and write files, as C declares them after the capture segment. */
final class LibCFiles {

    private static final MethodHandle OPENAT = linkVariadic("openat", 3, INT, INT, POINTER, INT, INT);
    private static final MethodHandle CLOSE = link("close", INT, INT);
    private static final MethodHandle PREAD = link("pread", LONG, INT, POINTER, LONG, LONG);
    private static final MethodHandle PWRITE = link("pwrite", LONG, INT, POINTER, LONG, LONG);
    private static final MethodHandle LSEEK = link("lseek", LONG, INT, LONG, INT);
    private static final MethodHandle FTRUNCATE = link("ftruncate", INT, INT, LONG);
    private static final MethodHandle SYNCFS = link("syncfs", INT, INT);
    private static final MethodHandle FADVISE = link("posix_fadvise", INT, INT, LONG, LONG, INT);

    private LibCFiles() {}

    static int openat(MemorySegment capture, int dirFd, MemorySegment path, int flags, int mode) {
        try {
            return (int) OPENAT.invokeExact(capture, dirFd, path, flags, mode);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int close(MemorySegment capture, int fd) {
        try {
            return (int) CLOSE.invokeExact(capture, fd);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long pread(MemorySegment capture, int fd, MemorySegment buffer, long count, long offset) {
        try {
            return (long) PREAD.invokeExact(capture, fd, buffer, count, offset);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long pwrite(MemorySegment capture, int fd, MemorySegment buffer, long count, long offset) {
        try {
            return (long) PWRITE.invokeExact(capture, fd, buffer, count, offset);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static long lseek(MemorySegment capture, int fd, long offset, int whence) {
        try {
            return (long) LSEEK.invokeExact(capture, fd, offset, whence);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int ftruncate(MemorySegment capture, int fd, long length) {
        try {
            return (int) FTRUNCATE.invokeExact(capture, fd, length);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static int syncfs(MemorySegment capture, int fd) {
        try {
            return (int) SYNCFS.invokeExact(capture, fd);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /** Unlike the others it returns the error instead of setting errno. */
    static int fadvise(MemorySegment capture, int fd, long offset, long length, int advice) {
        try {
            return (int) FADVISE.invokeExact(capture, fd, offset, length, advice);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }
}
