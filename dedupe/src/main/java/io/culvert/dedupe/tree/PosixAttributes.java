package io.culvert.dedupe.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The system calls on owners, modes, times and extended attributes of a file that is open.
 *
 * <p>A descriptor is {@linkplain Kind plain} if it was opened for reading or writing, or a {@linkplain Kind handle} of
 * {@link Posix#openHandle}, which the kernel serves only by way of {@code /proc/self/fd}. Either way no name is
 * looked up, so nothing can be swapped in between. For one thread at a time, as {@link Posix}.
 */
final class PosixAttributes {

    /** How a descriptor was opened. */
    enum Kind {
        PLAIN,
        HANDLE
    }

    private final Posix posix;
    private final NativeBuffers buffers;

    PosixAttributes(Posix posix) {
        this.posix = posix;
        this.buffers = posix.buffers();
    }

    /**
     * Makes sure that {@code /proc} is there, without which attributes of links and nodes cannot be reached.
     *
     * @throws IOException if it is not
     */
    void requireProc(int fd) throws IOException {
        MemorySegment path = buffers.descriptorPath(fd);
        if (LibCAttributes.listxattr(buffers.capture, path, buffers.block, NativeBuffers.BLOCK_BYTES) < 0
                && buffers.errno() == Errno.ENOENT.number()) {
            throw new IOException("/proc is not mounted here; extended attributes are read through /proc/self/fd");
        }
    }

    void changeOwner(int fd, int uid, int gid, PathBytes path) throws PosixException {
        int rc = LibCAttributes.fchownat(buffers.capture, fd, buffers.empty, uid, gid, LibC.AT_EMPTY_PATH);
        check(rc, "fchownat", path);
    }

    void changeMode(int fd, Kind kind, int permissions, PathBytes path) throws PosixException {
        int rc = switch (kind) {
            case PLAIN -> LibCAttributes.fchmod(buffers.capture, fd, permissions);
            case HANDLE ->
                LibCAttributes.fchmodat(buffers.capture, LibC.AT_FDCWD, buffers.descriptorPath(fd), permissions, 0);
        };
        check(rc, "fchmodat", path);
    }

    void changeTimes(int fd, Timestamp modified, PathBytes path) throws PosixException {
        check(LibCAttributes.futimens(buffers.capture, fd, buffers.times(modified)), "futimens", path);
    }

    /** The times of what has the name, a symbolic link itself; for what cannot be opened. */
    void changeTimes(int dirFd, byte[] name, Timestamp modified, PathBytes path) throws PosixException {
        if (!NativeBuffers.fill(buffers.path, name)) {
            throw new PosixException(Errno.EINVAL.number(), "utimensat", path.toString());
        }
        MemorySegment times = buffers.times(modified);
        int rc = LibCAttributes.utimensat(buffers.capture, dirFd, buffers.path, times, LibC.AT_SYMLINK_NOFOLLOW);
        check(rc, "utimensat", path);
    }

    /**
     * Every extended attribute that this process may see, POSIX ACLs among them, sorted by name; none where the file
     * system has no such thing.
     *
     * @throws PosixException if one cannot be read, or has a name that is not UTF-8, which a manifest cannot keep
     */
    List<Xattr> xattrs(int fd, Kind kind, PathBytes path) throws PosixException {
        long listed = switch (kind) {
            case PLAIN -> LibCAttributes.flistxattr(buffers.capture, fd, buffers.block, NativeBuffers.BLOCK_BYTES);
            case HANDLE ->
                LibCAttributes.listxattr(
                        buffers.capture, buffers.descriptorPath(fd), buffers.block, NativeBuffers.BLOCK_BYTES);
        };
        if (listed == 0 || (listed < 0 && buffers.errno() == Errno.EOPNOTSUPP.number())) {
            return List.of();
        }
        check(listed, "flistxattr", path);
        byte[] names = new byte[(int) listed];
        MemorySegment.copy(buffers.block, JAVA_BYTE, 0, names, 0, names.length);
        List<Xattr> found = new ArrayList<>();
        for (int start = 0, end = 0; end < names.length; end++) {
            if (names[end] == 0) {
                add(found, fd, kind, text(names, start, end - start, path), path);
                start = end + 1;
            }
        }
        found.sort(Comparator.comparing(Xattr::name));
        return found;
    }

    private static String text(byte[] names, int start, int length, PathBytes path) throws PosixException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(names, start, length))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new PosixException(Errno.EILSEQ.number(), "flistxattr", path.toString());
        }
    }

    private void add(List<Xattr> found, int fd, Kind kind, String name, PathBytes path) throws PosixException {
        if (found.size() == Entry.MAX_XATTRS) {
            throw new PosixException(Errno.EOVERFLOW.number(), "flistxattr", path.toString());
        }
        fillName(name, "fgetxattr", path);
        long length = switch (kind) {
            case PLAIN ->
                LibCAttributes.fgetxattr(buffers.capture, fd, buffers.path, buffers.block, Xattr.MAX_VALUE_BYTES);
            case HANDLE ->
                LibCAttributes.getxattr(
                        buffers.capture,
                        buffers.descriptorPath(fd),
                        buffers.path,
                        buffers.block,
                        Xattr.MAX_VALUE_BYTES);
        };
        if (length < 0 && buffers.errno() == Errno.ENODATA.number()) {
            return; // removed since it was listed
        }
        check(length, "fgetxattr " + name, path);
        byte[] value = new byte[(int) length];
        MemorySegment.copy(buffers.block, JAVA_BYTE, 0, value, 0, value.length);
        found.add(new Xattr(name, Slice.of(value)));
    }

    void setXattr(int fd, Kind kind, Xattr xattr, PathBytes path) throws PosixException {
        fillName(xattr.name(), "fsetxattr", path);
        Slice value = xattr.value();
        MemorySegment.copy(value.array(), value.offset(), buffers.block, JAVA_BYTE, 0, value.length());
        int rc = switch (kind) {
            case PLAIN -> LibCAttributes.fsetxattr(buffers.capture, fd, buffers.path, buffers.block, value.length(), 0);
            case HANDLE ->
                LibCAttributes.setxattr(
                        buffers.capture, buffers.descriptorPath(fd), buffers.path, buffers.block, value.length(), 0);
        };
        check(rc, "fsetxattr " + xattr.name(), path);
    }

    /** Takes an attribute away from a file opened for reading or writing; fine if it has none of that name. */
    void removeXattr(int fd, String name, PathBytes path) throws PosixException {
        fillName(name, "fremovexattr", path);
        int rc = LibCAttributes.fremovexattr(buffers.capture, fd, buffers.path);
        int errno = buffers.errno();
        if (rc < 0 && errno != Errno.ENODATA.number() && errno != Errno.EOPNOTSUPP.number()) {
            throw posix.failure("fremovexattr " + name, path);
        }
    }

    private void fillName(String name, String operation, PathBytes path) throws PosixException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Xattr.MAX_NAME_BYTES || !NativeBuffers.fill(buffers.path, bytes)) {
            throw new PosixException(Errno.EINVAL.number(), operation, path.toString());
        }
    }

    private void check(long rc, String operation, PathBytes path) throws PosixException {
        if (rc < 0) {
            throw posix.failure(operation, path);
        }
    }
}
