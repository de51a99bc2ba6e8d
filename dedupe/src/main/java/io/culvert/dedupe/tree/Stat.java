package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.Entry.Stamp;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.EntryType;

/**
 * What the file system says of a file without opening it.
 *
 * @param mode type and permissions as in {@code st_mode}
 * @param specialDevice the device that a device node stands for, major in the upper, minor in the lower 32 bits; else 0
 */
public record Stat(FileId id, int mode, int linkCount, int uid, int gid, long specialDevice, Content content) {

    private static final int TYPE_MASK = 0xf000;
    static final int TYPE_FIFO = 0x1000;
    static final int TYPE_CHARACTER_DEVICE = 0x2000;
    static final int TYPE_DIRECTORY = 0x4000;
    static final int TYPE_BLOCK_DEVICE = 0x6000;
    static final int TYPE_FILE = 0x8000;
    static final int TYPE_SYMLINK = 0xa000;
    static final int TYPE_SOCKET = 0xc000;

    /**
     * The part of it that changes when the data changes.
     *
     * @param allocatedBytes what the file takes on disk; less than the size if it has holes
     */
    public record Content(long sizeBytes, long allocatedBytes, Timestamp modified, Timestamp changed) {}

    /**
     * What it is; never a hard link, which only a walk can tell.
     *
     * @throws IllegalStateException if the kernel gives a type that POSIX does not know
     */
    public EntryType type() {
        return switch (mode & TYPE_MASK) {
            case TYPE_FILE -> EntryType.FILE;
            case TYPE_DIRECTORY -> EntryType.DIRECTORY;
            case TYPE_SYMLINK -> EntryType.SYMLINK;
            case TYPE_FIFO -> EntryType.FIFO;
            case TYPE_SOCKET -> EntryType.SOCKET;
            case TYPE_CHARACTER_DEVICE -> EntryType.CHARACTER_DEVICE;
            case TYPE_BLOCK_DEVICE -> EntryType.BLOCK_DEVICE;
            default -> throw new IllegalStateException("mode has no known type: " + Integer.toOctalString(mode));
        };
    }

    public boolean isDirectory() {
        return (mode & TYPE_MASK) == TYPE_DIRECTORY;
    }

    public boolean isFile() {
        return (mode & TYPE_MASK) == TYPE_FILE;
    }

    /** Permissions, set-id and sticky bits. */
    public int permissions() {
        return mode & 07777;
    }

    /** Size, times and inode as a manifest keeps them. */
    public Stamp stamp() {
        return new Stamp(isFile() ? content.sizeBytes() : 0, content.modified(), content.changed(), id.inode());
    }

    /** Whether a file may have holes: it takes less room than it is long. */
    boolean maybeSparse() {
        return content.allocatedBytes() < content.sizeBytes();
    }
}
