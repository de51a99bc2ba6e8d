package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks the manifest of a snapshot that is read back, whole or some paths of it, and hands out its leaves in order.
 *
 * <p>A selection gets leaves of its own, written anew. A hard link in it whose first name lies outside becomes the file
 * itself: its first selected name carries the data, the others link to that one.
 */
final class SnapshotReader {

    /** A batch ends with the leaf that brings it to so many chunks. */
    private static final int BATCH = 2048;

    private final ChunkSource source;
    private final ManifestRoot root;
    private final PathSelection selection;
    private final LeafBatches batches;
    private final List<RestoreLeaf> leaves = new ArrayList<>();
    private final Set<PathBytes> found = new HashSet<>();
    private final Map<PathBytes, Outside> outside = new HashMap<>();
    private List<ChunkRef> named = new ArrayList<>();
    private int batched;

    /** The first name of a hard link, not selected itself: what it holds, and what became of it. */
    private static final class Outside {
        @Nullable
        Entry entry;

        final List<Extent> extents = new ArrayList<>();

        @Nullable
        PathBytes writtenAs;
    }

    SnapshotReader(ChunkSource source, ManifestRoot root, List<PathBytes> paths, LeafBatches batches) {
        this.source = source;
        this.root = root;
        this.selection = new PathSelection(paths);
        this.batches = batches;
    }

    /**
     * Reads to the end.
     *
     * @throws NoSuchPathException naming the paths that the snapshot does not have
     */
    void read(Fingerprinter fingerprinter) throws IOException {
        ManifestReader manifest = new ManifestReader(source, root);
        if (selection.isAll()) {
            manifest.leaves((node, level) -> true, this::whole);
        } else {
            manifest.records(this::noteHardLink);
            ManifestWriter selected = new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
                if (isLeaf) {
                    flushLeaf(bytes);
                }
            });
            Select select = new Select(selected);
            manifest.records(select::record);
            List<PathBytes> missing = selection.unmatched(found);
            if (!missing.isEmpty()) {
                throw new NoSuchPathException(missing);
            }
            selected.finish();
        }
        flush();
        batches.end();
    }

    private void whole(Slice leaf) throws IOException {
        for (ManifestRecord record : ManifestReader.records(leaf)) {
            if (record instanceof Extents extents) {
                extents.list().forEach(this::name);
            }
        }
        flushLeaf(leaf);
    }

    private void name(Extent extent) {
        if (extent instanceof Extent.Data data) {
            named.add(data.chunk());
        }
    }

    /** The leaf is complete, and so is what it names. */
    private void flushLeaf(Slice bytes) throws IOException {
        leaves.add(new RestoreLeaf(Slice.of(bytes.toArray()), named));
        batched += named.size();
        named = new ArrayList<>();
        if (batched >= BATCH) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (!leaves.isEmpty()) {
            batches.batch(List.copyOf(leaves));
        }
        leaves.clear();
        batched = 0;
    }

    private void noteHardLink(ManifestRecord record) {
        if (record instanceof Entry entry && entry.type() == EntryType.HARD_LINK && selection.holds(entry.path())) {
            PathBytes first = PathBytes.of(entry.target().toArray());
            if (!selection.holds(first)) {
                outside.putIfAbsent(first, new Outside());
            }
        }
    }

    /** The second walk: writes what is selected. */
    private final class Select {
        private final ManifestWriter writer;
        private boolean writing;
        private @Nullable Outside keeping;

        Select(ManifestWriter writer) {
            this.writer = writer;
        }

        void record(ManifestRecord record) throws IOException {
            switch (record) {
                case Entry entry -> entry(entry);
                case Extents extents -> {
                    if (writing) {
                        extents(extents.list());
                    } else if (keeping != null) {
                        keeping.extents.addAll(extents.list());
                    }
                }
            }
        }

        private void extents(List<Extent> extents) throws IOException {
            for (Extent extent : extents) {
                name(extent);
                writer.extent(extent);
            }
        }

        private void entry(Entry entry) throws IOException {
            found.addAll(selection.holding(entry.path()));
            keeping = outside.get(entry.path());
            if (keeping != null) {
                keeping.entry = entry;
            }
            writing = selection.wants(entry);
            if (writing) {
                Outside first = entry.type() == EntryType.HARD_LINK
                        ? outside.get(PathBytes.of(entry.target().toArray()))
                        : null;
                if (first == null) {
                    writer.entry(entry);
                } else {
                    link(entry, first);
                }
            }
        }

        private void link(Entry link, Outside first) throws IOException {
            Entry file = first.entry;
            if (file == null) {
                throw new CorruptChunkException("the hard link \"" + link.path() + "\" names nothing in the manifest");
            }
            PathBytes written = first.writtenAs;
            if (written == null) {
                first.writtenAs = link.path();
                writer.entry(new Entry(
                        link.path(),
                        file.type(),
                        file.access(),
                        file.stamp(),
                        file.device(),
                        file.target(),
                        file.xattrs()));
                extents(first.extents);
            } else {
                writer.entry(new Entry(
                        link.path(),
                        EntryType.HARD_LINK,
                        link.access(),
                        link.stamp(),
                        0,
                        Slice.of(written.toBytes()),
                        List.of()));
            }
        }
    }

    /** The snapshot holds nothing at these paths. */
    static final class NoSuchPathException extends IOException {
        private static final long serialVersionUID = 1L;

        NoSuchPathException(List<PathBytes> paths) {
            super("the snapshot has nothing at "
                    + String.join(
                            ", ", paths.stream().map(path -> "\"" + path + "\"").toList()));
        }
    }
}
