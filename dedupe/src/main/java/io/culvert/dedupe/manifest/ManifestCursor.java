package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Checks that records, taken one after the other, are what a walk can produce.
 *
 * <p>The first entry is the root; paths ascend strictly; each entry's parent is a directory that came before; extents
 * follow a file and add up to its size; a hard link names an earlier path. Whatever breaks a rule is refused by name, so
 * nothing behind this check has to fear a path.
 */
public final class ManifestCursor {

    /** Lengths of the paths of the open directories, each of which the path of the last entry begins with. */
    private final Deque<Integer> directories = new ArrayDeque<>();

    private @Nullable Entry last;
    private long extentBytes;

    /**
     * Takes the next record.
     *
     * @throws CorruptChunkException naming the entry and the rule it breaks
     */
    public void check(ManifestRecord record) throws CorruptChunkException {
        switch (record) {
            case Entry entry -> entry(entry);
            case Extents extents -> extents(extents);
        }
    }

    /** To be called after the last record. */
    public void finish() throws CorruptChunkException {
        if (last == null) {
            throw new CorruptChunkException("a manifest without entries");
        }
        endFile(last);
    }

    private void entry(Entry entry) throws CorruptChunkException {
        PathBytes path = entry.path();
        Entry before = last;
        if (before == null) {
            if (!path.isRoot()) {
                throw new CorruptChunkException("a manifest begins with \"" + path + "\" and not with its root");
            }
        } else {
            endFile(before);
            if (before.path().compareTo(path) >= 0) {
                throw new CorruptChunkException(
                        "\"" + path + "\" does not come after \"" + before.path() + "\" in the order of a manifest");
            }
            leaveUntilParent(before.path(), path);
        }
        if (entry.type() == EntryType.HARD_LINK) {
            hardLink(entry);
        }
        if (entry.type() == EntryType.DIRECTORY) {
            directories.push(path.lengthBytes());
        }
        last = entry;
        extentBytes = 0;
    }

    private void leaveUntilParent(PathBytes before, PathBytes path) throws CorruptChunkException {
        int parent = path.parentLengthBytes();
        while (!directories.isEmpty() && directories.peek() > parent) {
            directories.pop();
        }
        Integer innermost = directories.peek();
        if (innermost == null || innermost != parent || !path.sharesPrefix(before, parent)) {
            throw new CorruptChunkException("\"" + path + "\" lies in no directory of the manifest");
        }
    }

    private static void hardLink(Entry entry) throws CorruptChunkException {
        try {
            if (PathBytes.of(entry.target().toArray()).compareTo(entry.path()) >= 0) {
                throw new CorruptChunkException(
                        "the hard link \"" + entry.path() + "\" names something that comes after it");
            }
        } catch (IllegalArgumentException e) {
            throw new CorruptChunkException("the hard link \"" + entry.path() + "\": " + e.getMessage(), e);
        }
    }

    private void extents(Extents extents) throws CorruptChunkException {
        Entry file = last;
        if (file == null || file.type() != EntryType.FILE) {
            throw new CorruptChunkException("extents in a manifest that follow no file");
        }
        for (Extent extent : extents.list()) {
            if (extent.lengthBytes() > file.stamp().sizeBytes() - extentBytes) {
                throw new CorruptChunkException("the extents of \"" + file.path() + "\" exceed its size of "
                        + file.stamp().sizeBytes() + " bytes");
            }
            extentBytes += extent.lengthBytes();
        }
    }

    private void endFile(Entry entry) throws CorruptChunkException {
        if (entry.type() == EntryType.FILE && extentBytes != entry.stamp().sizeBytes()) {
            throw new CorruptChunkException("the extents of \"" + entry.path() + "\" are " + extentBytes
                    + " bytes, its size is " + entry.stamp().sizeBytes());
        }
    }
}
