package io.culvert.proto.session;

import io.culvert.dedupe.chunk.ChunkRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A source of leaves, each of which names some chunks, that changes between attempts. Its names are those of their
 * content: the same list of chunks is the same leaf, wherever and whenever it occurs.
 */
final class ModelSource {

    /** Leaves named by a root; chunks named by a leaf. */
    record Scan(ChunkRef root, List<ChunkRef> leaves) {}

    private static final int MAX_LEAVES = 20;
    private static final int MAX_CHUNKS = 10;

    /** What each node names, for whoever holds its bytes. */
    private final Map<ChunkRef, List<ChunkRef>> named = new HashMap<>();

    private final RandomGenerator random;
    private final List<List<ChunkRef>> files = new ArrayList<>();
    private long made;

    ModelSource(RandomGenerator random) {
        this.random = random;
        int leaves = 1 + random.nextInt(MAX_LEAVES);
        for (int i = 0; i < leaves; i++) {
            files.add(fresh());
        }
    }

    private List<ChunkRef> fresh() {
        List<ChunkRef> chunks = new ArrayList<>();
        int count = random.nextInt(MAX_CHUNKS + 1);
        for (int i = 0; i < count; i++) {
            long id = made > 0 && random.nextInt(4) == 0 ? random.nextLong(made) : made++;
            chunks.add(Messages.ref(id, 100));
        }
        return chunks;
    }

    /** Somebody writes into the source. */
    void change() {
        switch (random.nextInt(3)) {
            case 0 -> files.set(random.nextInt(files.size()), fresh());
            case 1 -> files.add(random.nextInt(files.size() + 1), fresh());
            default -> {
                if (files.size() > 1) {
                    files.remove(random.nextInt(files.size()));
                }
            }
        }
    }

    /** The source as it is now. */
    Scan scan() {
        List<ChunkRef> leaves = new ArrayList<>();
        files.forEach(chunks -> leaves.add(node(1, chunks)));
        return new Scan(node(2, leaves), List.copyOf(leaves));
    }

    private ChunkRef node(int level, List<ChunkRef> names) {
        long hash = level;
        for (ChunkRef ref : names) {
            hash = hash * 0x9E3779B97F4A7C15L + ref.fingerprint().w0() + 1;
        }
        ChunkRef node = Messages.ref(hash | Long.MIN_VALUE, 100 + level);
        named.put(node, List.copyOf(names));
        return node;
    }

    /** What a leaf or root names. */
    List<ChunkRef> named(ChunkRef node) {
        List<ChunkRef> names = named.get(node);
        if (names == null) {
            throw new IllegalStateException(node + " is no node of a manifest");
        }
        return names;
    }

    /** All that a snapshot consists of. */
    Set<ChunkRef> closure(ChunkRef root) {
        Set<ChunkRef> all = new HashSet<>(Arrays.asList(root));
        for (ChunkRef leaf : named(root)) {
            all.add(leaf);
            all.addAll(named(leaf));
        }
        return all;
    }
}
