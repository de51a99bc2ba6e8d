package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An earlier scan, read along with the walk: both are in path order, so the entry that was at a path is found by
 * moving on, and memory stays bounded.
 */
final class PreviousScan implements Closeable {

    /** Extents of one file up to which it is recognised; a larger one is read again and deduplicated. */
    private static final int MAX_EXTENTS = 1 << 20;

    /** What was at a path. */
    record Found(Entry entry, List<Extent> extents) {}

    private final LeafFile.@Nullable Reader reader;
    private final Deque<ManifestRecord> records = new ArrayDeque<>();
    private boolean ended;

    /** The scan kept in {@code file}; an empty one if there is none. */
    PreviousScan(Path file) throws IOException {
        this.reader = Files.exists(file) ? new LeafFile.Reader(file) : null;
    }

    /** The entry that was at {@code path}; paths must be asked for in ascending order. */
    Optional<Found> at(PathBytes path) throws IOException {
        while (true) {
            ManifestRecord next = peek();
            if (next == null) {
                return Optional.empty();
            }
            switch (next) {
                case Extents behind -> records.remove();
                case Entry entry -> {
                    int order = entry.path().compareTo(path);
                    if (order > 0) {
                        return Optional.empty();
                    }
                    records.remove();
                    if (order == 0) {
                        return complete(entry);
                    }
                }
            }
        }
    }

    /** The entry with its extents, unless the file ended in the middle of them. */
    private Optional<Found> complete(Entry entry) throws IOException {
        List<Extent> extents = new ArrayList<>();
        long bytes = 0;
        while (peek() instanceof Extents more) {
            records.remove();
            if (extents.size() + more.list().size() > MAX_EXTENTS) {
                return Optional.empty();
            }
            extents.addAll(more.list());
        }
        for (Extent extent : extents) {
            bytes += extent.lengthBytes();
        }
        boolean whole = !ended || bytes == entry.stamp().sizeBytes();
        return whole ? Optional.of(new Found(entry, extents)) : Optional.empty();
    }

    private @Nullable ManifestRecord peek() throws IOException {
        while (records.isEmpty() && !ended) {
            Optional<Slice> leaf = reader == null ? Optional.empty() : reader.next();
            if (leaf.isEmpty()) {
                ended = true;
            } else {
                decode(leaf.get());
            }
        }
        return records.peek();
    }

    /** A leaf that passed its checksum but cannot be read is of another version: the scan ends there. */
    private void decode(Slice leaf) {
        try {
            records.addAll(ManifestReader.records(leaf));
        } catch (CorruptChunkException e) {
            ended = true;
        }
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
