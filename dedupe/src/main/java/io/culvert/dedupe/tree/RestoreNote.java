package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;

/**
 * Something of an entry that could not be restored as it was, though the rest could.
 *
 * @param detail one sentence for people, with the path
 */
public record RestoreNote(Kind kind, PathBytes path, String detail) {

    /** What is missing. */
    public enum Kind {
        /** Owner or group: only root gives files away. */
        OWNER,
        /** A permission bit; set-id bits are left out where the owner is not the one they were meant for. */
        MODE,
        /** An extended attribute or ACL. */
        XATTR,
        /** The modification time. */
        TIME,
        /** A device node, which only root may make. */
        DEVICE,
        /** A socket: the process that listens makes it. */
        SOCKET,
        /** A further name of something that was itself left out. */
        HARD_LINK
    }
}
