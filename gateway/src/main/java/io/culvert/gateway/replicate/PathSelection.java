package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.util.List;
import java.util.Set;

/** Which entries of a snapshot are wanted: everything at or below some paths, and the directories that lead there. */
final class PathSelection {

    private final List<PathBytes> paths;

    /** All entries if there are no paths. */
    PathSelection(List<PathBytes> paths) {
        this.paths = List.copyOf(paths);
    }

    boolean isAll() {
        return paths.isEmpty();
    }

    /** Whether the entry lies at or below a path. */
    boolean holds(PathBytes path) {
        return isAll() || paths.stream().anyMatch(wanted -> wanted.contains(path));
    }

    /** Whether the entry is wanted, if only as a directory on the way. */
    boolean wants(Entry entry) {
        return holds(entry.path())
                || (entry.type() == EntryType.DIRECTORY
                        && paths.stream().anyMatch(wanted -> entry.path().contains(wanted)));
    }

    /** The paths for which nothing was found, given what was. */
    List<PathBytes> unmatched(Set<PathBytes> found) {
        return paths.stream().filter(path -> !found.contains(path)).toList();
    }

    /** The wanted paths that the entry lies at or below. */
    List<PathBytes> holding(PathBytes path) {
        return paths.stream().filter(wanted -> wanted.contains(path)).toList();
    }
}
