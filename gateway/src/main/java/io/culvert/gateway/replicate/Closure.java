package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifest nodes of one complete snapshot: whatever they name is in the pool, and need not be looked up again.
 *
 * <p>Bounded: of a snapshot with more nodes only the first are known, and the rest is checked chunk by chunk.
 */
final class Closure {

    /** Nodes remembered: 100 million entries have about this many leaves. */
    static final int MAX_NODES = 1 << 20;

    private static final int BATCH = 4096;

    private final Pool pool;
    private final Set<Fingerprint> nodes = new HashSet<>();

    /** Knows nothing. */
    Closure(Pool pool) {
        this.pool = pool;
    }

    /** Learns the nodes of a snapshot that the pool holds. */
    void learn(Snapshot snapshot) throws IOException {
        new ManifestReader(pool, root(snapshot))
                .leaves(
                        (node, isLeaf) -> {
                            if (nodes.size() < MAX_NODES) {
                                nodes.add(node.fingerprint());
                            }
                            return !isLeaf;
                        },
                        leaf -> {});
    }

    static ManifestRoot root(Snapshot snapshot) {
        return new ManifestRoot(snapshot.root(), snapshot.depth(), snapshot.entries(), snapshot.sourceBytes());
    }

    /** Which of the leaves are not known to be complete. */
    BitSet unknown(List<ChunkRef> leaves) {
        BitSet unknown = new BitSet(leaves.size());
        for (int i = 0; i < leaves.size(); i++) {
            if (!nodes.contains(leaves.get(i).fingerprint())) {
                unknown.set(i);
            }
        }
        return unknown;
    }

    /**
     * Walks a manifest and looks up every chunk it names, but for those below nodes that are known. A node that is
     * named again is not walked again, so that the walk takes no longer than the nodes that are there.
     *
     * @throws IncompleteException naming the first chunk that is missing
     */
    void check(ManifestRoot root) throws IOException {
        List<ChunkRef> batch = new ArrayList<>(BATCH);
        Set<Fingerprint> walked = new HashSet<>();
        if (!pool.contains(root.node().fingerprint())) {
            throw new IncompleteException(root.node());
        }
        Order order = new Order();
        new ManifestReader(pool, root)
                .leaves(
                        (node, isLeaf) -> {
                            if (nodes.contains(node.fingerprint()) || !walked.add(node.fingerprint())) {
                                return false;
                            }
                            if (!pool.contains(node.fingerprint())) {
                                throw new IncompleteException(node);
                            }
                            return true;
                        },
                        leaf -> collect(leaf, batch, order));
        lookUp(batch);
    }

    /** Sees that no path is named twice or out of its order, in what is walked. */
    private static final class Order {
        private @Nullable PathBytes last;

        void check(Entry entry) throws CorruptChunkException {
            PathBytes before = last;
            if (before != null && entry.path().compareTo(before) <= 0) {
                throw new CorruptChunkException(
                        "the manifest names \"" + entry.path() + "\" twice, or after \"" + before + "\"");
            }
            last = entry.path();
        }
    }

    private void collect(Slice leaf, List<ChunkRef> batch, Order order) throws IOException {
        for (ManifestRecord record : ManifestReader.records(leaf)) {
            if (record instanceof Entry entry) {
                order.check(entry);
            }
            if (record instanceof Extents extents) {
                for (Extent extent : extents.list()) {
                    if (extent instanceof Extent.Data data) {
                        batch.add(data.chunk());
                    }
                }
            }
        }
        if (batch.size() >= BATCH) {
            lookUp(batch);
        }
    }

    private void lookUp(List<ChunkRef> batch) throws IOException {
        BitSet missing = pool.missing(batch);
        if (!missing.isEmpty()) {
            throw new IncompleteException(batch.get(missing.nextSetBit(0)));
        }
        batch.clear();
    }

    /** The manifest names a chunk that the pool does not hold. */
    static final class IncompleteException extends IOException {
        private static final long serialVersionUID = 1L;

        IncompleteException(ChunkRef chunk) {
            super("the manifest names chunk " + chunk + ", which is not in the pool");
        }
    }
}
