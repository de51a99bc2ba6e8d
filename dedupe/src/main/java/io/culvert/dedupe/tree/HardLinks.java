package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files with more than one name that a walk has met, each by its first name.
 *
 * <p>A file is forgotten as soon as all its names were seen; one with names outside the tree stays until the end, so
 * that the memory is bounded by the number of those.
 */
final class HardLinks {

    private final Map<FileId, Group> groups = new HashMap<>();

    private record Group(PathBytes first, int namesLeft) {}

    /** The first name of the file, unless this is it or the file has only one. */
    Optional<PathBytes> firstName(Stat stat, PathBytes path) {
        if (stat.linkCount() < 2 || stat.isDirectory()) {
            return Optional.empty();
        }
        Group known = groups.get(stat.id());
        if (known == null) {
            groups.put(stat.id(), new Group(path, stat.linkCount() - 1));
            return Optional.empty();
        }
        if (known.namesLeft() == 1) {
            groups.remove(stat.id());
        } else {
            groups.put(stat.id(), new Group(known.first(), known.namesLeft() - 1));
        }
        return Optional.of(known.first());
    }

    int size() {
        return groups.size();
    }
}
