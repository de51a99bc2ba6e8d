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
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a manifest, which looks up every chunk that it names, but for those that the known leaves of a {@link Closure} name.
 *
 * <p>A node that is named again: if it holds nothing but extents, that is what a file with long runs of the same data has, and
 * legal. If it holds an entry, the manifest names that entry's path twice, and is refused.
 *
 * <p>Memory is bounded by {@link #MAX_PLAIN}: of the nodes without entries, those named lately are remembered and not read again;
 * one that was forgotten is. Nodes with entries need no memory, as reading one again shows paths that do not ascend. So each node
 * is read at least once, whatever is forgotten, and to forget costs time alone. A manifest made to cost more of that than there is
 * in the pool, with nodes that name nodes over and over, is refused after {@link #MAX_AGAIN} more than the pool has chunks.
 */
final class ClosureWalk {

    /** Nodes without entries that are remembered, some 8 MiB: the leaves of some 800 GiB of a volume. */
    static final int MAX_PLAIN = 1 << 16;

    /** Nodes read beyond one for each chunk of the pool. */
    static final long MAX_AGAIN = 1 << 20;

    private static final int BATCH = 4096;

    private final Pool pool;
    private final Known known;
    private final Map<Fingerprint, Boolean> plain;
    private final long mostRead;
    private final List<ChunkRef> batch = new ArrayList<>(BATCH);

    /** Leaves that are wanted and not handed out yet, of which the reader has one batch at most. */
    private final Deque<Fingerprint> asked = new ArrayDeque<>();

    private @Nullable PathBytes last;
    private long read;

    /** The nodes below which nothing can be missing. */
    @FunctionalInterface
    interface Known {
        /** Notes that the manifest names the node. */
        Naming name(Fingerprint node);
    }

    /** How a node is named. */
    enum Naming {
        /** It is not known. */
        UNKNOWN,
        /** It is known and was not named before in this walk. */
        FIRST,
        /** It is known and was named before. */
        AGAIN
    }

    /** @param maxPlain and {@code maxAgain}: {@link #MAX_PLAIN} and {@link #MAX_AGAIN}, but in tests of them */
    ClosureWalk(Pool pool, Known known, int maxPlain, long maxAgain) throws IOException {
        this.pool = pool;
        this.known = known;
        this.mostRead = pool.usage().chunks() + maxAgain;
        this.plain = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Fingerprint, Boolean> eldest) {
                return size() > maxPlain;
            }
        };
    }

    /**
     * Walks to the end.
     *
     * @throws Closure.IncompleteException naming the first chunk that is missing
     * @throws CorruptChunkException if a path is named twice or out of its order, in what is walked; what is in known leaves is not
     *     compared with it, as a restore checks every path before it is used
     */
    void from(ManifestRoot root) throws IOException {
        if (!pool.contains(root.node().fingerprint())) {
            throw new Closure.IncompleteException(root.node());
        }
        new ManifestReader(pool, root).leaves(this::isWanted, this::leaf);
        lookUp();
    }

    /** Nodes that are remembered now, and how many were read: what the bounds are about. */
    int remembered() {
        return plain.size();
    }

    long read() {
        return read;
    }

    private boolean isWanted(ChunkRef node, int level) throws IOException {
        return switch (known.name(node.fingerprint())) {
            case FIRST -> {
                // Nothing below it can be missing, yet its leaves have to be seen, to notice those that are named
                // again.
                if (level > 0) {
                    countRead();
                }
                yield level > 0;
            }
            case AGAIN -> {
                requirePlain(node, level);
                yield false;
            }
            case UNKNOWN -> {
                if (plain.get(node.fingerprint()) != null) {
                    yield false;
                }
                countRead();
                if (!pool.contains(node.fingerprint())) {
                    throw new Closure.IncompleteException(node);
                }
                if (level == 0) {
                    asked.add(node.fingerprint());
                }
                yield true;
            }
        };
    }

    private void countRead() throws CorruptChunkException {
        if (++read > mostRead) {
            throw new CorruptChunkException("the manifest names the same nodes over and over: " + mostRead
                    + " were read, which is more than the pool has");
        }
    }

    private void leaf(Slice leaf) throws IOException {
        Fingerprint node = asked.remove();
        boolean entries = false;
        for (ManifestRecord record : ManifestReader.records(leaf)) {
            switch (record) {
                case Entry entry -> {
                    entries = true;
                    requireAscending(entry.path());
                }
                case Extents extents -> collect(extents);
            }
        }
        if (!entries) {
            plain.put(node, true);
        }
        if (batch.size() >= BATCH) {
            lookUp();
        }
    }

    private void requireAscending(PathBytes path) throws CorruptChunkException {
        PathBytes before = last;
        if (before != null && path.compareTo(before) <= 0) {
            throw new CorruptChunkException("the manifest names \"" + path + "\" twice, or after \"" + before + "\"");
        }
        last = path;
    }

    private void collect(Extents extents) {
        for (Extent extent : extents.list()) {
            if (extent instanceof Extent.Data data) {
                batch.add(data.chunk());
            }
        }
    }

    private void lookUp() throws IOException {
        BitSet missing = pool.missing(batch);
        if (!missing.isEmpty()) {
            throw new Closure.IncompleteException(batch.get(missing.nextSetBit(0)));
        }
        batch.clear();
    }

    /** Sees that nothing at or below a known node is an entry. */
    private void requirePlain(ChunkRef node, int level) throws IOException {
        if (plain.get(node.fingerprint()) != null) {
            return;
        }
        new ManifestReader(pool, new ManifestRoot(node, level, 0, 0))
                .leaves(
                        (below, storey) -> {
                            countRead();
                            return plain.get(below.fingerprint()) == null;
                        },
                        ClosureWalk::requireNoEntry);
        plain.put(node.fingerprint(), true);
    }

    private static void requireNoEntry(Slice leaf) throws CorruptChunkException {
        for (ManifestRecord record : ManifestReader.records(leaf)) {
            if (record instanceof Entry entry) {
                throw new CorruptChunkException("the manifest names \"" + entry.path() + "\" twice");
            }
        }
    }
}
