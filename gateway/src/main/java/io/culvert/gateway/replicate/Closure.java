package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest nodes of one complete snapshot: whatever they name is in the pool, and need not be looked up again.
 *
 * <p>Bounded: of a snapshot with more nodes only the first are known, and the rest is checked chunk by chunk.
 */
final class Closure {

    /** Nodes remembered: 100 million entries have about this many leaves. */
    static final int MAX_NODES = 1 << 20;

    private static final Byte NEVER = 0;

    private final Pool pool;

    /** Each with the last walk that named it: a small number, whose objects the JVM shares. */
    private final Map<Fingerprint, Byte> nodes = new HashMap<>();

    private byte round = NEVER;

    /** Knows nothing. */
    Closure(Pool pool) {
        this.pool = pool;
    }

    /** Learns the nodes of a snapshot that the pool holds. */
    void learn(Snapshot snapshot) throws IOException {
        new ManifestReader(pool, root(snapshot))
                .leaves(
                        (node, level) -> {
                            if (nodes.size() < MAX_NODES) {
                                nodes.putIfAbsent(node.fingerprint(), NEVER);
                            }
                            return level > 0;
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
            if (!nodes.containsKey(leaves.get(i).fingerprint())) {
                unknown.set(i);
            }
        }
        return unknown;
    }

    /**
     * Walks a manifest and looks up every chunk it names, but for those below nodes that are known.
     *
     * @throws IncompleteException naming the first chunk that is missing
     * @throws CorruptChunkException if it is no order of paths, or not made to be read, see {@link ClosureWalk}
     */
    void check(ManifestRoot root) throws IOException {
        walk(ClosureWalk.MAX_PLAIN, ClosureWalk.MAX_AGAIN).from(root);
    }

    /** A walk with bounds of its own; one at a time. */
    ClosureWalk walk(int maxPlain, long maxAgain) throws IOException {
        if (round == Byte.MAX_VALUE) {
            nodes.replaceAll((node, named) -> NEVER);
            round = NEVER;
        }
        round++;
        return new ClosureWalk(pool, this::name, maxPlain, maxAgain);
    }

    private ClosureWalk.Naming name(Fingerprint node) {
        Byte before = nodes.get(node);
        if (before == null) {
            return ClosureWalk.Naming.UNKNOWN;
        }
        if (before == round) {
            return ClosureWalk.Naming.AGAIN;
        }
        nodes.put(node, round);
        return ClosureWalk.Naming.FIRST;
    }

    /** The manifest names a chunk that the pool does not hold. */
    static final class IncompleteException extends IOException {
        private static final long serialVersionUID = 1L;

        IncompleteException(ChunkRef chunk) {
            super("the manifest names chunk " + chunk + ", which is not in the pool");
        }
    }
}
