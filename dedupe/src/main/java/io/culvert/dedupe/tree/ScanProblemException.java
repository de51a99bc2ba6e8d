package io.culvert.dedupe.tree;

import java.io.IOException;

/** A {@link ScanProblem} met while an entry was looked at more closely. */
public final class ScanProblemException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ScanProblem problem;

    ScanProblemException(ScanProblem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public ScanProblem problem() {
        return problem;
    }
}
