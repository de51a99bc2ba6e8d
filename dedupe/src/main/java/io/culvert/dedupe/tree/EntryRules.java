package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import org.jspecify.annotations.Nullable;

/**
 * The rules that entries must keep before a sink makes anything of them.
 *
 * <p>Paths come strictly ascending, so that none comes twice and a directory comes before what is in it. That a path
 * has no {@code ..}, no NUL and is not absolute is what {@link PathBytes} is.
 */
final class EntryRules {

    /** Longest symlink target that Linux makes. */
    static final int MAX_SYMLINK_BYTES = 4095;

    /** The number that chown takes for "leave it". */
    private static final int NO_ID = -1;

    private static final int MAX_MAJOR = 0xfff;
    private static final int MAX_MINOR = 0xf_ffff;

    private @Nullable PathBytes previous;

    /**
     * Checks the next entry.
     *
     * @throws RefusedEntryException naming the rule it breaks
     */
    void check(Entry entry) throws RefusedEntryException {
        PathBytes path = entry.path();
        if (previous != null && path.compareTo(previous) <= 0) {
            boolean twice = path.equals(previous);
            throw new RefusedEntryException(
                    path, twice ? "it comes twice" : "it comes after \"" + previous + "\", out of order");
        }
        previous = path;
        if (path.isRoot() && entry.type() != EntryType.DIRECTORY) {
            throw new RefusedEntryException(path, "the root is a " + entry.type() + ", not a directory");
        }
        if (entry.access().uid() == NO_ID || entry.access().gid() == NO_ID) {
            throw new RefusedEntryException(path, "its owner or group is 4294967295, which is nobody's number");
        }
        switch (entry.type()) {
            case SYMLINK -> checkSymlink(path, entry.target());
            case HARD_LINK -> {
                PathBytes unused = linkTarget(entry);
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE -> checkDevice(path, entry.device());
            case DIRECTORY, FILE, FIFO, SOCKET -> {}
        }
    }

    private static void checkSymlink(PathBytes path, Slice target) throws RefusedEntryException {
        if (target.length() > MAX_SYMLINK_BYTES) {
            throw new RefusedEntryException(path, "its target has more than " + MAX_SYMLINK_BYTES + " bytes");
        }
        for (int i = 0; i < target.length(); i++) {
            if (target.get(i) == 0) {
                throw new RefusedEntryException(path, "its target has a NUL byte");
            }
        }
    }

    private static void checkDevice(PathBytes path, long device) throws RefusedEntryException {
        if (device >>> 32 > MAX_MAJOR || (device & 0xffff_ffffL) > MAX_MINOR) {
            throw new RefusedEntryException(path, "its device number is none that Linux has");
        }
    }

    /**
     * The first name of a hard link.
     *
     * @throws RefusedEntryException if that is no path below the root, or none that came before
     */
    static PathBytes linkTarget(Entry entry) throws RefusedEntryException {
        PathBytes target;
        try {
            target = PathBytes.of(entry.target().toArray());
        } catch (IllegalArgumentException outside) {
            throw new RefusedEntryException(entry.path(), "it is a hard link, and " + outside.getMessage());
        }
        if (target.isRoot() || target.compareTo(entry.path()) >= 0) {
            throw new RefusedEntryException(
                    entry.path(), "it is a hard link to \"" + target + "\", which does not come before it");
        }
        return target;
    }
}
