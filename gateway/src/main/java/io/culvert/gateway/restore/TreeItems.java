package io.culvert.gateway.restore;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.gateway.replicate.RestoreStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts the items of a restore stream together again: a leaf's records in order, each data extent with the data item that
 * follows for it. Knows the one leaf that is not yet complete; for one thread.
 */
final class TreeItems implements RestoreStream.Items {

    /** Takes entries and what is in them. */
    interface Content {
        void begin(Entry entry) throws IOException;

        void data(Slice data) throws IOException;

        void hole(long lengthBytes) throws IOException;
    }

    private final Content content;
    private final Consumer<String> waiting;
    private Iterator<ManifestRecord> records = List.<ManifestRecord>of().iterator();
    private Iterator<Extent> extents = List.<Extent>of().iterator();
    private int awaitedBytes;
    private long entries;
    private long bytes;
    private boolean ended;

    /** @param waiting told why nothing has come yet */
    TreeItems(Content content, Consumer<String> waiting) {
        this.content = content;
        this.waiting = waiting;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    /** Whether all came. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public void leaf(Slice leaf) throws IOException {
        requireNothingAwaited("a leaf");
        records = ManifestReader.records(leaf).iterator();
        advance();
    }

    @Override
    public void data(Slice data) throws IOException {
        if (awaitedBytes == 0 || data.length() != awaitedBytes) {
            throw new CorruptChunkException(
                    "a restore stream brought " + data.length() + " bytes of data where " + awaitedBytes + " belong");
        }
        awaitedBytes = 0;
        bytes += data.length();
        content.data(data);
        advance();
    }

    @Override
    public void waiting(String why) {
        waiting.accept(why);
    }

    @Override
    public void end() throws IOException {
        requireNothingAwaited("its end");
        ended = true;
    }

    /** Goes on to the next extent that has data, or to the end of the leaf. */
    private void advance() throws IOException {
        while (true) {
            while (extents.hasNext()) {
                switch (extents.next()) {
                    case Extent.Hole hole -> {
                        bytes += hole.lengthBytes();
                        content.hole(hole.lengthBytes());
                    }
                    case Extent.Data data -> {
                        awaitedBytes = data.chunk().lengthBytes();
                        return;
                    }
                }
            }
            if (!records.hasNext()) {
                return;
            }
            switch (records.next()) {
                case Entry entry -> {
                    entries++;
                    content.begin(entry);
                }
                case Extents more -> extents = more.list().iterator();
            }
        }
    }

    private void requireNothingAwaited(String what) throws CorruptChunkException {
        if (awaitedBytes != 0) {
            throw new CorruptChunkException(
                    "a restore stream brought " + what + " where " + awaitedBytes + " bytes of data belong");
        }
    }
}
