package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import java.io.IOException;

/**
 * Where a snapshot of a tree is restored to: entries in the order of the manifest, each file followed by its data.
 *
 * <p>Nothing that arrives is trusted: whatever is not a sorted walk of one tree is refused. For one thread at a time;
 * whoever opened it closes it.
 */
public sealed interface TreeSink extends AutoCloseable permits TreeWriter, TarTreeSink {

    /**
     * Begins an entry; the one before is complete.
     *
     * @throws RefusedEntryException if it must not be restored, naming it and why
     */
    void begin(Entry entry) throws IOException;

    /** The next bytes of the file that began last; not kept after the call. */
    void data(Slice data) throws IOException;

    /** The next zeros of the file that began last. */
    void hole(long lengthBytes) throws IOException;

    /** Completes the last entry and the whole; says what could not be restored as it was. */
    RestoreReport finish() throws IOException;

    /** Gives up what was opened. Without {@link #finish()} before, what is not complete is not left as if it were. */
    @Override
    void close() throws IOException;
}
