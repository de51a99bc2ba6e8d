package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A directory that somebody moved, removed or exchanged while a walk was below it. */
public final class MovedDirectoryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String line;

    MovedDirectoryException(PathBytes path, @Nullable Throwable cause) {
        this("the directory \"" + path + "\" was moved or exchanged while it was in use", cause);
    }

    private MovedDirectoryException(String line, @Nullable Throwable cause) {
        super(line, cause);
        this.line = line;
    }

    /** The message. */
    String line() {
        return line;
    }
}
