package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;

/** An entry that a restore does not make, because it breaks a rule that keeps the restore within its target. */
public final class RefusedEntryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient PathBytes path;

    RefusedEntryException(PathBytes path, String rule) {
        super("the entry \"" + path + "\" is refused: " + rule);
        this.path = path;
    }

    public PathBytes path() {
        return path;
    }
}
