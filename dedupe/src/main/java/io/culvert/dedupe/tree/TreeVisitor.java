package io.culvert.dedupe.tree;

import java.io.IOException;

/** What a {@link TreeScanner} tells its caller, in the order of the walk. */
public interface TreeVisitor {

    /**
     * An entry, valid until this returns.
     *
     * @throws ScanProblemException from {@code entry}, which the scanner then hands to {@link #problem}
     * @throws IOException any other ends the scan
     */
    void visit(ScannedEntry entry) throws IOException;

    /**
     * Something that cannot be read as it is. Whoever wants the snapshot without it returns; who does not, throws.
     *
     * @throws IOException ends the scan
     */
    void problem(ScanProblem problem) throws IOException;
}
