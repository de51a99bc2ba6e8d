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
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * An earlier scan, read along with the walk: both are in path order, so the entry that was at a path is found by
 * moving on, and memory stays bounded.
 *
 * <p>A virtual thread of its own reads and decodes some leaves ahead, so that the walk waits for neither. Who opened it
 * closes it; everything else is for one thread.
 */
final class PreviousScan implements Closeable {

    /** Extents of one file up to which it is recognised; a larger one is read again and deduplicated. */
    private static final int MAX_EXTENTS = 1 << 20;

    /** What was at a path. */
    record Found(Entry entry, List<Extent> extents) {}

    /** Leaves that are decoded before they are asked for. */
    private static final int AHEAD = 8;

    /** What the thread that reads ahead hands over. */
    private sealed interface Ahead {
        record Leaf(List<ManifestRecord> records) implements Ahead {}

        /** Nothing more, or nothing more that can be read. */
        record End() implements Ahead {}

        record Failed(IOException cause) implements Ahead {}
    }

    private final BlockingQueue<Ahead> ahead = new ArrayBlockingQueue<>(AHEAD);
    private final @Nullable Thread reading;
    private final Deque<ManifestRecord> records = new ArrayDeque<>();
    private boolean ended;

    /** The scan kept in {@code file}; an empty one if there is none. */
    PreviousScan(Path file) {
        this.ended = !Files.exists(file);
        this.reading = ended ? null : Thread.ofVirtual().name("earlier scan").start(() -> readAll(file));
    }

    private void readAll(Path file) {
        try (LeafFile.Reader reader = new LeafFile.Reader(file)) {
            for (Optional<Slice> leaf = reader.next(); leaf.isPresent(); leaf = reader.next()) {
                ahead.put(new Ahead.Leaf(ManifestReader.records(leaf.get())));
            }
            ahead.put(new Ahead.End());
        } catch (CorruptChunkException anotherVersion) {
            hand(new Ahead.End()); // a leaf that passed its checksum but cannot be read: the scan ends there
        } catch (IOException e) {
            hand(new Ahead.Failed(e));
        } catch (RuntimeException e) { // or whoever asks would wait for ever
            hand(new Ahead.Failed(new IOException("the earlier scan could not be read", e)));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void hand(Ahead last) {
        try {
            ahead.put(last);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
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
            switch (take()) {
                case Ahead.Leaf leaf -> records.addAll(leaf.records());
                case Ahead.End end -> ended = true;
                case Ahead.Failed failed -> throw failed.cause();
            }
        }
        return records.peek();
    }

    private Ahead take() throws InterruptedIOException {
        try {
            return ahead.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the scan was interrupted");
        }
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.interrupt();
        }
    }
}
