package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.ManifestRoot;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Compares two snapshots entry by entry; both are in path order, so neither is held in memory. */
public final class SnapshotDiff {

    /** What happened to an entry. */
    public enum Kind {
        ADDED,
        REMOVED,
        CONTENT,
        METADATA
    }

    /** One difference; the entry is that of the later snapshot, or of the earlier one if it was removed. */
    public record Change(Kind kind, Entry entry) {}

    /** Takes the differences in path order. */
    @FunctionalInterface
    public interface ChangeSink {
        void accept(Change change) throws IOException;
    }

    private SnapshotDiff() {}

    /** Hands out every difference from {@code before} to {@code after}. */
    public static void compare(
            ChunkSource beforeSource,
            ManifestRoot before,
            ChunkSource afterSource,
            ManifestRoot after,
            ChangeSink changes)
            throws IOException {
        try (Side old = new Side(beforeSource, before);
                Side young = new Side(afterSource, after)) {
            Optional<Whole> left = old.next();
            Optional<Whole> right = young.next();
            while (left.isPresent() || right.isPresent()) {
                int order =
                        left.isEmpty() ? 1 : right.isEmpty() ? -1 : left.get().order(right.get());
                if (order < 0) {
                    changes.accept(new Change(Kind.REMOVED, left.orElseThrow().entry()));
                    left = old.next();
                } else if (order > 0) {
                    changes.accept(new Change(Kind.ADDED, right.orElseThrow().entry()));
                    right = young.next();
                } else {
                    Optional<Kind> kind = left.orElseThrow().changeTo(right.orElseThrow());
                    if (kind.isPresent()) {
                        changes.accept(
                                new Change(kind.get(), right.orElseThrow().entry()));
                    }
                    left = old.next();
                    right = young.next();
                }
            }
        }
    }

    /** An entry with a digest of its extents. */
    private record Whole(Entry entry, long extentsHash, long extents) {
        int order(Whole other) {
            return entry.path().compareTo(other.entry.path());
        }

        Optional<Kind> changeTo(Whole later) {
            Entry now = later.entry;
            boolean content = entry.type() != now.type()
                    || entry.stamp().sizeBytes() != now.stamp().sizeBytes()
                    || extents != later.extents
                    || extentsHash != later.extentsHash
                    || !entry.target().equals(now.target());
            boolean metadata = !entry.access().equals(now.access())
                    || !entry.stamp().modified().equals(now.stamp().modified())
                    || !entry.xattrs().equals(now.xattrs());
            return content ? Optional.of(Kind.CONTENT) : metadata ? Optional.of(Kind.METADATA) : Optional.empty();
        }
    }

    /** Walks one manifest on a thread of its own and hands its entries out one by one. */
    private static final class Side implements AutoCloseable {

        private sealed interface Item {
            record One(Whole whole) implements Item {}

            record End(@Nullable IOException failure) implements Item {}
        }

        private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(1024);
        private final Thread walker;

        Side(ChunkSource source, ManifestRoot root) {
            walker = Thread.ofVirtual().name("diff").start(() -> walk(source, root));
        }

        private void walk(ChunkSource source, ManifestRoot root) {
            try {
                Gather gather = new Gather();
                new ManifestReader(source, root).records(gather::record);
                gather.flush();
                queue.put(new Item.End(null));
            } catch (IOException e) {
                fail(e);
            } catch (RuntimeException e) { // or whoever compares would wait for ever
                fail(new IOException("a manifest could not be compared", e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void fail(IOException cause) {
            try {
                queue.put(new Item.End(cause));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** 64 bits of a fingerprint tell one chunk from another here: a miss would hide a line of the listing, no data. */
        private static long digest(Extent extent) {
            return switch (extent) {
                case Extent.Data data -> data.chunk().fingerprint().w0();
                case Extent.Hole hole -> ~hole.lengthBytes();
            };
        }

        /** Puts an entry and its extents together. */
        private final class Gather {
            private @Nullable Entry entry;
            private long hash = 1;
            private long count;

            void record(ManifestRecord record) throws IOException {
                switch (record) {
                    case Entry next -> {
                        flush();
                        entry = next;
                    }
                    case Extents extents -> {
                        for (Extent extent : extents.list()) {
                            hash = 31 * hash + digest(extent);
                            count++;
                        }
                    }
                }
            }

            void flush() throws IOException {
                Entry done = entry;
                if (done != null) {
                    try {
                        queue.put(new Item.One(new Whole(done, hash, count)));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new InterruptedIOException("the comparison ended");
                    }
                }
                hash = 1;
                count = 0;
            }
        }

        Optional<Whole> next() throws IOException {
            try {
                Item item = queue.take();
                if (item instanceof Item.One one) {
                    return Optional.of(one.whole());
                }
                queue.offer(item);
                IOException failure = item instanceof Item.End end ? end.failure() : null;
                if (failure != null) {
                    throw failure;
                }
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the comparison was interrupted");
            }
        }

        @Override
        public void close() {
            walker.interrupt();
        }
    }
}
