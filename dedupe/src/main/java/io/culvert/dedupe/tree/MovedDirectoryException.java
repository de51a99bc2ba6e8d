package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A directory that somebody moved, removed or exchanged while a walk was below it. */
public final class MovedDirectoryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ScanProblem problem;

    MovedDirectoryException(PathBytes path, @Nullable Throwable cause) {
        this(
                new ScanProblem(
                        ScanProblem.Kind.REPLACED,
                        path,
                        "the directory \"" + path + "\" was moved or exchanged while it was in use"),
                cause);
    }

    private MovedDirectoryException(ScanProblem problem, @Nullable Throwable cause) {
        super(problem.detail(), cause);
        this.problem = problem;
    }

    /** The same as what a scan tells of it. */
    ScanProblem problem() {
        return problem;
    }
}
