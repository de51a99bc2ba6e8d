package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks a manifest from its root, fetching nodes in batches, so that memory stays bounded however large it is and a
 * source at the far end of a long line is asked seldom.
 */
public final class ManifestReader {

    /** Nodes asked for at once. */
    private static final int BATCH = 64;

    private final ChunkSource source;
    private final ManifestRoot root;

    public ManifestReader(ChunkSource source, ManifestRoot root) {
        this.source = source;
        this.root = root;
    }

    /** Takes the records in order. */
    @FunctionalInterface
    public interface RecordSink {
        void accept(ManifestRecord record) throws IOException;
    }

    /** Decides by name whether a node has to be read; level 0 is a leaf. */
    @FunctionalInterface
    public interface NodeFilter {
        boolean wanted(ChunkRef node, int level) throws IOException;
    }

    /** The records of one leaf, as they stand; {@link ManifestCursor} checks how they follow each other. */
    public static List<ManifestRecord> records(Slice leaf) throws CorruptChunkException {
        return LeafCodec.decode(leaf);
    }

    /**
     * Hands out every record, checked.
     *
     * @throws CorruptChunkException if a node is damaged, missing, or breaks a rule of {@link ManifestCursor}
     */
    public void records(RecordSink sink) throws IOException {
        ManifestCursor cursor = new ManifestCursor();
        leaves((node, level) -> true, leaf -> {
            for (ManifestRecord record : records(leaf)) {
                cursor.check(record);
                sink.accept(record);
            }
        });
        cursor.finish();
    }

    /**
     * Hands out the records of the leaves that may hold something at or below {@code path}, or on the way to it.
     *
     * <p>Entries elsewhere may be among them; those of the directories above {@code path} may be missing.
     */
    public void records(PathBytes path, RecordSink sink) throws IOException {
        walk(root.node(), root.level(), Optional.of(path), (node, level) -> true, leaf -> {
            for (ManifestRecord record : records(leaf)) {
                sink.accept(record);
            }
        });
    }

    /** Takes the bytes of one leaf; valid during the call. */
    @FunctionalInterface
    public interface LeafSink {
        void accept(Slice leaf) throws IOException;
    }

    /** Hands out the leaves that {@code filter} wants, in order; below a node that it does not want nothing is read. */
    public void leaves(NodeFilter filter, LeafSink sink) throws IOException {
        walk(root.node(), root.level(), Optional.empty(), filter, sink);
    }

    private void walk(ChunkRef node, int level, Optional<PathBytes> path, NodeFilter filter, LeafSink sink)
            throws IOException {
        if (level == 0) {
            if (filter.wanted(node, level)) {
                source.read(List.of(node), (i, ref, bytes) -> sink.accept(bytes));
            }
            return;
        }
        if (!filter.wanted(node, level)) {
            return;
        }
        List<IndexNode> read = new ArrayList<>();
        source.read(List.of(node), (i, ref, bytes) -> read.add(IndexNode.decode(bytes)));
        IndexNode index = read.getFirst();
        if (index.level() != level) {
            throw new CorruptChunkException(
                    "manifest node " + node + " is of level " + index.level() + ", not " + level);
        }
        List<ChunkRef> children = children(index, path);
        if (level == 1) {
            leaves(children, filter, sink);
        } else {
            for (ChunkRef child : children) {
                walk(child, level - 1, path, filter, sink);
            }
        }
    }

    private void leaves(List<ChunkRef> children, NodeFilter filter, LeafSink sink) throws IOException {
        List<ChunkRef> batch = new ArrayList<>();
        for (ChunkRef child : children) {
            if (filter.wanted(child, 0)) {
                batch.add(child);
            }
            if (batch.size() == BATCH) {
                source.read(batch, (i, ref, bytes) -> sink.accept(bytes));
                batch.clear();
            }
        }
        source.read(batch, (i, ref, bytes) -> sink.accept(bytes));
    }

    /** The children that can hold {@code path}: those that begin at or below it, and the one before them. */
    private static List<ChunkRef> children(IndexNode index, Optional<PathBytes> path) {
        List<ChunkRef> wanted = new ArrayList<>();
        List<IndexNode.Child> all = index.children();
        for (int i = 0; i < all.size(); i++) {
            boolean endsBefore = path.isPresent()
                    && i + 1 < all.size()
                    && all.get(i + 1).first().compareTo(path.get()) < 0;
            boolean beginsAfter = path.isPresent()
                    && all.get(i).first().compareTo(path.get()) > 0
                    && !path.get().contains(all.get(i).first());
            if (!endsBefore && !beginsAfter) {
                wanted.add(all.get(i).node());
            }
        }
        return wanted;
    }
}
