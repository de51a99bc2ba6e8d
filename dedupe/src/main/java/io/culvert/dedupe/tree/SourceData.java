package io.culvert.dedupe.tree;

import java.io.IOException;

/**
 * The data of one file or volume, read from front to back, with its holes.
 *
 * <p>Whoever opened it closes it. For one thread at a time.
 */
public sealed interface SourceData extends AutoCloseable permits SourceFile, VolumeSource {

    /** Whether what was read is one state of the source. */
    enum Recheck {
        UNCHANGED,
        /** Somebody wrote, truncated or touched it since it was opened: read it again or refuse the snapshot. */
        CHANGED
    }

    /** How long it was when it was opened; the pieces add up to this unless it was truncated meanwhile. */
    long sizeBytes();

    /**
     * Reads on.
     *
     * @param buffer where data goes, at {@code offset} and at most {@code length} bytes
     */
    Piece next(byte[] buffer, int offset, int length) throws IOException;

    /** Looks at the source again, after the last piece. */
    Recheck recheck() throws IOException;

    @Override
    void close() throws IOException;
}
