package io.culvert.gateway.admin;

/**
 * One difference between two snapshots.
 *
 * @param path bytes that are not UTF-8 are shown as {@code \xNN}
 * @param sizeBytes of the entry after the change; before it, when it was removed
 */
public record DiffEntry(Change change, String path, String type, long sizeBytes) {
    /** What happened to an entry. */
    public enum Change {
        ADDED,
        REMOVED,
        CONTENT,
        METADATA
    }
}
