package io.culvert.dedupe.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.culvert.dedupe.manifest.Entry.Timestamp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The memory outside the heap that system calls read and write, allocated once and used again for each call.
 *
 * <p>Not for two threads at once. The collector frees it with this object.
 *
 * <pre>
 *   struct statx, the same on every architecture
 *     0 mask u32 | 4 blksize u32 | 8 attributes u64 | 16 nlink u32 | 20 uid u32 | 24 gid u32 | 28 mode u16 | 30 -
 *    32 ino u64 | 40 size u64 | 48 blocks u64 | 56 attributes_mask u64
 *    64 atime | 80 btime | 96 ctime | 112 mtime      each: seconds s64, nanoseconds u32, 4 spare
 *   128 rdev_major u32 | 132 rdev_minor u32 | 136 dev_major u32 | 140 dev_minor u32 | ... 256
 * </pre>
 */
final class NativeBuffers {

    /** PATH_MAX of Linux with its NUL; a name or a symlink target never needs more. */
    static final int PATH_BYTES = 4096;

    /** Room for data, directory entries and xattrs; also how much one read or write moves. */
    static final int BLOCK_BYTES = 256 * 1024;

    private static final int STATX_BYTES = 256;
    private static final long BLOCK_UNIT_BYTES = 512;
    private static final int TIMES_BYTES = 32;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    private final Arena arena = Arena.ofAuto();
    final MemorySegment capture = arena.allocate(LibC.CAPTURE);
    final MemorySegment path = arena.allocate(PATH_BYTES);
    final MemorySegment secondPath = arena.allocate(PATH_BYTES);
    final MemorySegment empty = arena.allocate(1);
    final MemorySegment statx = arena.allocate(STATX_BYTES, 8);
    final MemorySegment block = arena.allocate(BLOCK_BYTES, 4096);
    private final MemorySegment times = arena.allocate(TIMES_BYTES, 8);
    private final MemorySegment descriptorPath = arena.allocate(32);

    int errno() {
        return LibC.errno(capture);
    }

    /** Writes a name with its NUL; false if it has a NUL itself or is too long, so that no call may see it. */
    static boolean fill(MemorySegment buffer, byte[] name) {
        if (name.length == 0 || name.length >= PATH_BYTES) {
            return false;
        }
        for (byte b : name) {
            if (b == 0) {
                return false;
            }
        }
        MemorySegment.copy(name, 0, buffer, JAVA_BYTE, 0, name.length);
        buffer.set(JAVA_BYTE, name.length, (byte) 0);
        return true;
    }

    /** {@code /proc/self/fd/N}: the one path that leads to an open file and nowhere else, even a symlink itself. */
    MemorySegment descriptorPath(int fd) {
        byte[] text = ("/proc/self/fd/" + fd + "\0").getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(text, 0, descriptorPath, JAVA_BYTE, 0, text.length);
        return descriptorPath;
    }

    /** The two {@code timespec} of utimensat: the access time stays, the modification time is {@code modified}. */
    MemorySegment times(Timestamp modified) {
        times.set(JAVA_LONG, 0, 0);
        times.set(JAVA_LONG, 8, UTIME_OMIT);
        times.set(JAVA_LONG, 16, modified.seconds());
        times.set(JAVA_LONG, 24, modified.nanos());
        return times;
    }

    /** What the last statx wrote. */
    Stat stat() {
        FileId id = new FileId(device(136), statx.get(JAVA_LONG, 32));
        Stat.Content content = new Stat.Content(
                statx.get(JAVA_LONG, 40), statx.get(JAVA_LONG, 48) * BLOCK_UNIT_BYTES, time(112), time(96));
        return new Stat(
                id,
                Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
                statx.get(JAVA_INT, 16),
                statx.get(JAVA_INT, 20),
                statx.get(JAVA_INT, 24),
                device(128),
                content);
    }

    private long device(long offset) {
        return device(statx.get(JAVA_INT, offset), statx.get(JAVA_INT, offset + 4));
    }

    static long device(int major, int minor) {
        return (long) major << 32 | Integer.toUnsignedLong(minor);
    }

    private Timestamp time(long offset) {
        return new Timestamp(statx.get(JAVA_LONG, offset), statx.get(JAVA_INT, offset + 8));
    }
}
