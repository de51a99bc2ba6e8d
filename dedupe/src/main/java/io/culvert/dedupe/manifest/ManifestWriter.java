package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a sequence of records into leaves and builds the index nodes above them.
 *
 * <p>Where a leaf ends depends on the path of its last entry, or on the fingerprint of its last extent, and on nothing
 * that stands elsewhere, so that an insertion changes the leaf it falls into and no others (content-defined chunking
 * applied to records; Muthitacharoen et al., LBFS, SOSP 2001). A node is handed out before any node that names it.
 */
public final class ManifestWriter {

    /** Leaves and nodes are cut between these sizes, at 16 KiB on average. */
    static final int MIN_NODE_BYTES = 4 * 1024;

    static final int MAX_NODE_BYTES = 64 * 1024;

    /** A leaf ends where its paths together exceed this; the reader allows one path more. */
    private static final int MAX_PATHS_BYTES = LeafCodec.MAX_PATHS_BYTES - PathBytes.MAX_LENGTH_BYTES;

    private static final int ENTRIES_PER_CUT = 96;
    private static final int EXTENTS_PER_CUT = 384;
    private static final int CHILDREN_PER_CUT = 128;

    private final Fingerprinter fingerprinter;
    private final NodeSink sink;
    private final ByteWriter leaf = new ByteWriter();
    private final List<Extent> pending = new ArrayList<>();
    private final List<List<IndexNode.Child>> storeys = new ArrayList<>();
    private PathBytes before = PathBytes.ROOT;
    private PathBytes current = PathBytes.ROOT;
    private PathBytes leafFirst = PathBytes.ROOT;
    private boolean leafEmpty = true;
    private long leafPathsBytes;
    private long entries;
    private long sourceBytes;

    public ManifestWriter(Fingerprinter fingerprinter, NodeSink sink) {
        this.fingerprinter = fingerprinter;
        this.sink = sink;
        LeafCodec.begin(leaf);
    }

    /** Takes each node; {@code bytes} are valid only during the call. */
    @FunctionalInterface
    public interface NodeSink {
        void accept(ChunkRef node, Slice bytes, boolean isLeaf) throws IOException;
    }

    /**
     * Adds an entry; entries come in the order of their paths, the root first.
     *
     * @throws EntryTooLargeException if its attributes are larger than a record may be
     */
    public void entry(Entry entry) throws IOException {
        flushExtents();
        if (leafEmpty) {
            leafFirst = entry.path();
            before = PathBytes.ROOT;
        }
        int start = leaf.size();
        LeafCodec.entry(leaf, before, entry);
        if (leaf.size() - start > LeafCodec.MAX_RECORD_BYTES) {
            throw new EntryTooLargeException(entry.path(), leaf.size() - start);
        }
        before = entry.path();
        current = entry.path();
        leafEmpty = false;
        leafPathsBytes += entry.path().lengthBytes();
        entries++;
        if (entry.type() == EntryType.FILE) {
            sourceBytes += entry.stamp().sizeBytes();
        }
        endLeafIf(Integer.remainderUnsigned(mix(entry.path().hashCode()), ENTRIES_PER_CUT) == 0);
    }

    /** Adds the next extent of the file entry that came last. */
    public void extent(Extent extent) throws IOException {
        pending.add(extent);
        boolean cut = extent instanceof Extent.Data data
                && Long.remainderUnsigned(data.chunk().fingerprint().w3(), EXTENTS_PER_CUT) == 0;
        if (cut || pending.size() == LeafCodec.MAX_EXTENTS || leaf.size() + pending.size() * 34 > MAX_NODE_BYTES) {
            flushExtents();
            endLeafIf(cut);
        }
    }

    private void flushExtents() throws IOException {
        if (pending.isEmpty()) {
            return;
        }
        if (leafEmpty) {
            leafFirst = current;
            before = PathBytes.ROOT;
        }
        LeafCodec.extents(leaf, pending);
        pending.clear();
        leafEmpty = false;
        endLeafIf(false);
    }

    private void endLeafIf(boolean here) throws IOException {
        boolean full = leaf.size() >= MAX_NODE_BYTES || leafPathsBytes >= MAX_PATHS_BYTES;
        if (full || (here && leaf.size() >= MIN_NODE_BYTES)) {
            endLeaf();
        }
    }

    private void endLeaf() throws IOException {
        if (leafEmpty) {
            return;
        }
        child(1, emit(leaf.written(), true), leafFirst);
        LeafCodec.begin(leaf);
        leafEmpty = true;
        leafPathsBytes = 0;
    }

    private ChunkRef emit(Slice bytes, boolean isLeaf) throws IOException {
        Fingerprint name = fingerprinter.of(bytes.array(), bytes.offset(), bytes.length());
        ChunkRef node = new ChunkRef(name, bytes.length());
        sink.accept(node, bytes, isLeaf);
        return node;
    }

    private void child(int level, ChunkRef node, PathBytes first) throws IOException {
        while (storeys.size() < level) {
            storeys.add(new ArrayList<>());
        }
        List<IndexNode.Child> children = storeys.get(level - 1);
        children.add(new IndexNode.Child(node, first));
        boolean cut = Long.remainderUnsigned(node.fingerprint().w3(), CHILDREN_PER_CUT) == 0;
        if ((cut && children.size() >= 16) || children.size() == IndexNode.MAX_CHILDREN || large(children)) {
            endNode(level);
        }
    }

    private static boolean large(List<IndexNode.Child> children) {
        long bytes = 0;
        for (IndexNode.Child child : children) {
            bytes += 40 + child.first().lengthBytes();
        }
        return bytes >= 2L * MAX_NODE_BYTES;
    }

    private void endNode(int level) throws IOException {
        List<IndexNode.Child> children = storeys.get(level - 1);
        if (children.isEmpty()) {
            return;
        }
        ByteWriter out = new ByteWriter();
        new IndexNode(level, children).encode(out);
        PathBytes first = children.getFirst().first();
        children.clear();
        child(level + 1, emit(out.written(), false), first);
    }

    /** Ends the manifest. */
    public ManifestRoot finish() throws IOException {
        flushExtents();
        endLeaf();
        if (storeys.isEmpty()) {
            throw new IllegalStateException("a manifest has at least the entry of its root");
        }
        int level = 1;
        while (level < storeys.size() || storeys.get(level - 1).size() > 1) {
            endNode(level);
            level++;
        }
        ChunkRef root = storeys.get(level - 1).getFirst().node();
        return new ManifestRoot(root, level - 1, entries, sourceBytes);
    }

    /** Spreads the low bits of a polynomial hash (the finaliser of MurmurHash3, Appleby 2011). */
    private static int mix(int hash) {
        int h = hash;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
