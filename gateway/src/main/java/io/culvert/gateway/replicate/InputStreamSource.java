package io.culvert.gateway.replicate;

import io.culvert.dedupe.tree.Piece;
import io.culvert.dedupe.tree.SourceData;
import java.io.IOException;
import java.io.InputStream;

/** A backup stream: read once, to its end, which alone tells how long it is. */
final class InputStreamSource implements SourceData {

    private final InputStream in;
    private long readBytes;

    InputStreamSource(InputStream in) {
        this.in = in;
    }

    /** What was read so far: the size, once {@link Piece.End} came. */
    @Override
    public long sizeBytes() {
        return readBytes;
    }

    @Override
    public Piece next(byte[] buffer, int offset, int length) throws IOException {
        int got = in.read(buffer, offset, length);
        if (got < 0) {
            return new Piece.End();
        }
        readBytes += got;
        return new Piece.Data(got);
    }

    /** A stream cannot change behind its reader. */
    @Override
    public Recheck recheck() {
        return Recheck.UNCHANGED;
    }

    /** The stream belongs to whoever gave it. */
    @Override
    public void close() {}
}
