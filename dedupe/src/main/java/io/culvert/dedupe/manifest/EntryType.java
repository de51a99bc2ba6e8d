package io.culvert.dedupe.manifest;

/** What an entry of a file system is. The order is the encoding: append only. */
public enum EntryType {
    DIRECTORY,
    /** A regular file, or the only entry of a volume or stream snapshot. */
    FILE,
    SYMLINK,
    /** A further name of a file that came earlier in the walk; the target is that file's path. */
    HARD_LINK,
    FIFO,
    SOCKET,
    CHARACTER_DEVICE,
    BLOCK_DEVICE;

    /** Whether the entry has a {@link Entry#target()}. */
    public boolean hasTarget() {
        return this == SYMLINK || this == HARD_LINK;
    }

    /** Whether the entry has a {@link Entry#device()}. */
    public boolean isDevice() {
        return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
    }
}
