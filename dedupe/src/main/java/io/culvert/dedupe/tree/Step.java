package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.util.Optional;

/** What a {@link TreeWalk} comes to, in the order of a manifest. */
sealed interface Step {

    /**
     * An entry, as its stat says.
     *
     * @param name the last component of {@code path}, empty for the root; it belongs to whoever gets the step
     * @param firstName of a file with several names the one met before this, if there was one
     */
    record Found(PathBytes path, byte[] name, Stat stat, Optional<PathBytes> firstName) implements Step {}

    /** The directory found last is gone into; what is found from here on is in it, until the walk has left it. */
    record Entered(Found directory) implements Step {}

    /** The directory entered last is done with. */
    record Left() implements Step {}

    /** Something cannot be looked at; the walk goes on behind it. */
    record Trouble(ScanProblem problem) implements Step {}
}
