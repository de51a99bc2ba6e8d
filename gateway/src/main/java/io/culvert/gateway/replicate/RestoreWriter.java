package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestCursor;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Takes the items of a restore stream apart into entries, data and holes; every record is checked by
 * {@link ManifestCursor} before anything is done with it.
 */
public final class RestoreWriter implements RestoreStream.Items {

    /** Takes the parts of a snapshot in order. */
    public interface Parts {
        void entry(Entry entry) throws IOException;

        void data(Slice data) throws IOException;

        void hole(long lengthBytes) throws IOException;
    }

    private sealed interface Step {
        record Begin(Entry entry) implements Step {}

        record Data(int lengthBytes) implements Step {}

        record Hole(long lengthBytes) implements Step {}
    }

    private final Parts parts;
    private final ManifestCursor cursor = new ManifestCursor();
    private final Deque<Step> steps = new ArrayDeque<>();
    private long entries;
    private long bytes;

    public RestoreWriter(Parts parts) {
        this.parts = parts;
    }

    /** Entries written so far. */
    public long entries() {
        return entries;
    }

    /** Sum of the sizes of the files written so far. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void leaf(Slice leaf) throws IOException {
        if (!steps.isEmpty()) {
            throw new CorruptChunkException("a leaf in a restore stream before the data of the one before it");
        }
        for (ManifestRecord record : ManifestReader.records(leaf)) {
            cursor.check(record);
            switch (record) {
                case Entry entry -> steps.add(new Step.Begin(entry));
                case Extents extents -> {
                    for (Extent extent : extents.list()) {
                        steps.add(
                                extent instanceof Extent.Data data
                                        ? new Step.Data(data.chunk().lengthBytes())
                                        : new Step.Hole(extent.lengthBytes()));
                    }
                }
            }
        }
        goOn();
    }

    /** Performs what needs no data. */
    private void goOn() throws IOException {
        while (!(steps.isEmpty() || steps.element() instanceof Step.Data)) {
            switch (steps.remove()) {
                case Step.Begin begin -> {
                    entries++;
                    if (begin.entry().type() == EntryType.FILE) {
                        bytes += begin.entry().stamp().sizeBytes();
                    }
                    parts.entry(begin.entry());
                }
                case Step.Hole hole -> parts.hole(hole.lengthBytes());
                case Step.Data data -> throw new IllegalStateException("data needs data");
            }
        }
    }

    @Override
    public void data(Slice data) throws IOException {
        if (!(steps.poll() instanceof Step.Data expected) || expected.lengthBytes() != data.length()) {
            throw new CorruptChunkException("data in a restore stream that its leaf does not name");
        }
        parts.data(data);
        goOn();
    }

    @Override
    public void end() throws IOException {
        if (!steps.isEmpty()) {
            throw new CorruptChunkException("a restore stream that ends before its data");
        }
        cursor.finish();
    }
}
