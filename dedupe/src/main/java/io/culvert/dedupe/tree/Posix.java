package io.culvert.dedupe.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.dedupe.manifest.PathBytes;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The system calls on files and names, as a tree walk needs them: a directory's descriptor and one name in it.
 *
 * <p>Names are raw bytes. The {@code path} that a call takes besides is only for the message if it fails. One instance
 * serves one thread at a time and reuses its {@link NativeBuffers}; a call pins a virtual thread for its duration.
 */
final class Posix {

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int FADV_SEQUENTIAL = 2;
    private static final int DIRECTORY_FLAGS =
            LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_CLOEXEC;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

    /** The name that leads from a directory to itself. */
    static final byte[] SELF = {'.'};

    /** The name that leads from a directory to the one that holds it. */
    static final byte[] PARENT = {'.', '.'};

    private final String root;
    private final NativeBuffers buffers = new NativeBuffers();
    private byte[] listing = new byte[0];

    /**
     * Binds libc for one walker.
     *
     * @param root what messages put before each path
     */
    Posix(String root) {
        this.root = root;
    }

    NativeBuffers buffers() {
        return buffers;
    }

    /** The failure of {@code operation}, by the errno that the last call left. */
    PosixException failure(String operation, PathBytes path) {
        return failure(buffers.errno(), operation, path);
    }

    private PosixException failure(Errno errno, String operation, PathBytes path) {
        return failure(errno.number(), operation, path);
    }

    private PosixException failure(int errno, String operation, PathBytes path) {
        return new PosixException(errno, operation, path.isRoot() ? root : root + "/" + path);
    }

    /** The name in the first path buffer, for a call. */
    private MemorySegment name(byte[] name, String operation, PathBytes path) throws PosixException {
        if (!NativeBuffers.fill(buffers.path, name)) {
            throw failure(Errno.EINVAL, operation, path);
        }
        return buffers.path;
    }

    /** Opens a directory by a path from a person, following links in it. */
    int openRoot() throws PosixException {
        if (!NativeBuffers.fill(buffers.path, root.getBytes(StandardCharsets.UTF_8))) {
            throw failure(Errno.EINVAL, "openat", PathBytes.ROOT);
        }
        int flags = DIRECTORY_FLAGS & ~LibC.O_NOFOLLOW;
        return opened(LibCFiles.openat(buffers.capture, LibC.AT_FDCWD, buffers.path, flags, 0), PathBytes.ROOT);
    }

    /** Opens a regular file or block device by a path from a person, following links in it. */
    int openRootFile() throws PosixException {
        if (!NativeBuffers.fill(buffers.path, root.getBytes(StandardCharsets.UTF_8))) {
            throw failure(Errno.EINVAL, "openat", PathBytes.ROOT);
        }
        int flags = LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC;
        return opened(LibCFiles.openat(buffers.capture, LibC.AT_FDCWD, buffers.path, flags, 0), PathBytes.ROOT);
    }

    /** Makes the root directory, mode 0700, in a parent that exists; false if it is there already. */
    boolean makeRoot() throws PosixException {
        if (!NativeBuffers.fill(buffers.path, root.getBytes(StandardCharsets.UTF_8))) {
            throw failure(Errno.EINVAL, "mkdirat", PathBytes.ROOT);
        }
        if (LibCNames.mkdirat(buffers.capture, LibC.AT_FDCWD, buffers.path, 0700) == 0) {
            return true;
        }
        if (buffers.errno() == Errno.EEXIST.number()) {
            return false;
        }
        throw failure("mkdirat", PathBytes.ROOT);
    }

    /** Opens a directory that is one; a symbolic link in its place fails with ELOOP or ENOTDIR. */
    int openDirectory(int dirFd, byte[] name, PathBytes path) throws PosixException {
        return open(dirFd, name, DIRECTORY_FLAGS, path);
    }

    /** Opens a file for reading; never waits for a fifo's writer and never follows a link. */
    int openFile(int dirFd, byte[] name, PathBytes path) throws PosixException {
        int flags = LibC.O_RDONLY | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC;
        return open(dirFd, name, flags, path);
    }

    /** Opens a handle on whatever has the name, a symbolic link itself too, without touching it. */
    int openHandle(int dirFd, byte[] name, PathBytes path) throws PosixException {
        return open(dirFd, name, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, path);
    }

    /** Makes a new file, mode 0600, open for writing; EEXIST if anything has the name. */
    int createFile(int dirFd, byte[] name, PathBytes path) throws PosixException {
        int flags = LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
        return open(dirFd, name, flags, path);
    }

    private int open(int dirFd, byte[] name, int flags, PathBytes path) throws PosixException {
        MemorySegment native_ = name(name, "openat", path);
        return opened(LibCFiles.openat(buffers.capture, dirFd, native_, flags, 0600), path);
    }

    private int opened(int fd, PathBytes path) throws PosixException {
        if (fd < 0) {
            throw failure("openat", path);
        }
        return fd;
    }

    void close(int fd, PathBytes path) throws PosixException {
        if (LibCFiles.close(buffers.capture, fd) < 0) {
            throw failure("close", path);
        }
    }

    /** What has the name, a symbolic link itself. */
    Stat stat(int dirFd, byte[] name, PathBytes path) throws PosixException {
        int flags = LibC.AT_SYMLINK_NOFOLLOW | LibC.AT_NO_AUTOMOUNT;
        MemorySegment native_ = name(name, "statx", path);
        return statted(LibCNames.statx(buffers.capture, dirFd, native_, flags, STATX_BASIC_STATS, buffers.statx), path);
    }

    /** What is open as {@code fd}. */
    Stat stat(int fd, PathBytes path) throws PosixException {
        int rc = LibCNames.statx(
                buffers.capture, fd, buffers.empty, LibC.AT_EMPTY_PATH, STATX_BASIC_STATS, buffers.statx);
        return statted(rc, path);
    }

    private Stat statted(int rc, PathBytes path) throws PosixException {
        if (rc < 0) {
            throw failure("statx", path);
        }
        return buffers.stat();
    }

    /** Adds the names in the directory {@code fd}, which must just have been opened, without {@code .} and {@code ..}. */
    void list(int fd, List<byte[]> names, PathBytes path) throws PosixException {
        if (listing.length == 0) {
            listing = new byte[NativeBuffers.BLOCK_BYTES];
        }
        while (true) {
            long filled = LibCNames.getdents64(buffers.capture, fd, buffers.block, NativeBuffers.BLOCK_BYTES);
            if (filled < 0) {
                throw failure("getdents64", path);
            }
            if (filled == 0) {
                return;
            }
            MemorySegment.copy(buffers.block, JAVA_BYTE, 0, listing, 0, (int) filled);
            addNames((int) filled, names);
        }
    }

    /** Records of getdents64: inode u64, offset s64, record length u16, type u8, the name up to its NUL. */
    private void addNames(int filled, List<byte[]> names) {
        int at = 0;
        while (at < filled) {
            int start = at + 19;
            int end = start;
            while (listing[end] != 0) {
                end++;
            }
            boolean dots =
                    listing[start] == '.' && (end - start == 1 || (end - start == 2 && listing[start + 1] == '.'));
            if (!dots) {
                names.add(Arrays.copyOfRange(listing, start, end));
            }
            at += Short.toUnsignedInt((short) SHORT.get(listing, at + 16));
        }
    }

    /** The target of the symbolic link that {@link #openHandle} gave. */
    byte[] readLink(int handle, PathBytes path) throws PosixException {
        long length = LibCNames.readlinkat(
                buffers.capture, handle, buffers.empty, buffers.secondPath, NativeBuffers.PATH_BYTES);
        if (length < 0) {
            throw failure("readlinkat", path);
        }
        byte[] target = new byte[(int) length];
        MemorySegment.copy(buffers.secondPath, JAVA_BYTE, 0, target, 0, target.length);
        return target;
    }

    void makeSymlink(byte[] target, int dirFd, byte[] name, PathBytes path) throws PosixException {
        if (!NativeBuffers.fill(buffers.secondPath, target)) {
            throw failure(Errno.EINVAL, "symlinkat", path);
        }
        MemorySegment native_ = name(name, "symlinkat", path);
        check(LibCNames.symlinkat(buffers.capture, buffers.secondPath, dirFd, native_), "symlinkat", path);
    }

    /** Gives the open file {@code fd} (of {@link #openHandle} or any other) a further name. */
    void makeLink(int fd, int dirFd, byte[] name, PathBytes path) throws PosixException {
        MemorySegment native_ = name(name, "linkat", path);
        MemorySegment from = buffers.descriptorPath(fd);
        int rc = LibCNames.linkat(buffers.capture, LibC.AT_FDCWD, from, dirFd, native_, LibC.AT_SYMLINK_FOLLOW);
        check(rc, "linkat", path);
    }

    void makeDirectory(int dirFd, byte[] name, PathBytes path) throws PosixException {
        MemorySegment native_ = name(name, "mkdirat", path);
        check(LibCNames.mkdirat(buffers.capture, dirFd, native_, 0700), "mkdirat", path);
    }

    /** Makes a fifo or device node, mode 0600. */
    void makeNode(int dirFd, byte[] name, int type, long device, PathBytes path) throws PosixException {
        MemorySegment native_ = name(name, "mknodat", path);
        check(LibCNames.mknodat(buffers.capture, dirFd, native_, type | 0600, encodeDevice(device)), "mknodat", path);
    }

    /** glibc's dev_t: the minor's low byte, the major's low 12 bits, then what is left of each. */
    private static long encodeDevice(long device) {
        long major = device >>> 32;
        long minor = device & 0xffff_ffffL;
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
    }

    void removeFile(int dirFd, byte[] name, PathBytes path) throws PosixException {
        check(LibCNames.unlinkat(buffers.capture, dirFd, name(name, "unlinkat", path), 0), "unlinkat", path);
    }

    void removeDirectory(int dirFd, byte[] name, PathBytes path) throws PosixException {
        MemorySegment native_ = name(name, "unlinkat", path);
        check(LibCNames.unlinkat(buffers.capture, dirFd, native_, LibC.AT_REMOVEDIR), "unlinkat", path);
    }

    /** Reads at most a block; returns 0 at the end of the file. */
    int read(int fd, long offsetBytes, byte[] to, int at, int length, PathBytes path) throws PosixException {
        long wanted = Math.min(length, NativeBuffers.BLOCK_BYTES);
        long got;
        do {
            got = LibCFiles.pread(buffers.capture, fd, buffers.block, wanted, offsetBytes);
        } while (got < 0 && buffers.errno() == Errno.EINTR.number());
        if (got < 0) {
            throw failure("pread", path);
        }
        MemorySegment.copy(buffers.block, JAVA_BYTE, 0, to, at, (int) got);
        return (int) got;
    }

    /** Writes the first {@code length} bytes of the block buffer. */
    void writeBlock(int fd, long offsetBytes, int length, PathBytes path) throws PosixException {
        int done = 0;
        while (done < length) {
            MemorySegment rest = done == 0 ? buffers.block : buffers.block.asSlice(done);
            long wrote = LibCFiles.pwrite(buffers.capture, fd, rest, length - done, offsetBytes + done);
            if (wrote < 0 && buffers.errno() != Errno.EINTR.number()) {
                throw failure("pwrite", path);
            }
            done += (int) Math.max(0, wrote);
        }
    }

    /** Where {@code whence} leads from {@code offsetBytes}; -1 if there is nothing more (ENXIO of SEEK_DATA). */
    long seek(int fd, long offsetBytes, int whence, PathBytes path) throws PosixException {
        long at = LibCFiles.lseek(buffers.capture, fd, offsetBytes, whence);
        if (at < 0 && buffers.errno() != Errno.ENXIO.number()) {
            throw failure("lseek", path);
        }
        return at;
    }

    void truncate(int fd, long lengthBytes, PathBytes path) throws PosixException {
        check(LibCFiles.ftruncate(buffers.capture, fd, lengthBytes), "ftruncate", path);
    }

    /** Tells the kernel that the file is read from front to back; it is advice, a refusal changes nothing. */
    void adviseSequential(int fd) {
        int unused = LibCFiles.fadvise(buffers.capture, fd, 0, 0, FADV_SEQUENTIAL);
    }

    /** Makes everything written to the file system of {@code fd} durable. */
    void syncFileSystem(int fd, PathBytes path) throws PosixException {
        check(LibCFiles.syncfs(buffers.capture, fd), "syncfs", path);
    }

    private void check(int rc, String operation, PathBytes path) throws PosixException {
        if (rc < 0) {
            throw failure(operation, path);
        }
    }
}
