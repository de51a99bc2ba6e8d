package io.culvert.dedupe.chunk;

import static io.culvert.dedupe.chunk.LaneCompressor.CHAINING_WORDS;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * BLAKE3 with a 32-byte output over one or many inputs, whatever the number of lanes underneath.
 *
 * <p>Each input is a binary tree: leaves of 1 KiB, and parents that hash the chaining values of two nodes; a last node
 * without a partner moves up as it is, which is the paper's left-balanced tree. The leaves of all inputs go through one
 * {@link LeafQueue}, then level by level the parents of all trees through one {@link ParentQueue}, so lanes are idle only
 * at the end of each pass. Nodes are merged in place: node {@code i} of a level is written only after {@code 2i} and
 * {@code 2i + 1} of the level below were read.
 *
 * <p>Not thread-safe. Working memory grows to 32 bytes for each KiB of the longest input (or of one group) and is kept.
 */
final class Blake3 implements Fingerprinter {

    /** A group of inputs is hashed together until it has this many leaves: enough to fill lanes, small enough for L1. */
    private static final int GROUP_LEAVES = 256;

    private final LeafQueue leafQueue;
    private final ParentQueue parentQueue;

    /** Chaining values of the nodes of all trees in the group, eight words each. */
    private int[] nodes = new int[GROUP_LEAVES * CHAINING_WORDS];

    /** For each tree of the group, its first node and how many nodes its current level has. */
    private final int[] firstNode = new int[GROUP_LEAVES];

    private final int[] nodeCount = new int[GROUP_LEAVES];
    private int trees;
    private int leaves;

    Blake3(LaneCompressor compressor) {
        leafQueue = new LeafQueue(compressor);
        parentQueue = new ParentQueue(compressor);
    }

    @Override
    public Fingerprint of(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        begin();
        add(data, offset, length);
        finishTrees();
        return root(0);
    }

    @Override
    public void of(List<Slice> inputs, Fingerprint[] out) {
        Objects.checkFromToIndex(0, inputs.size(), out.length);
        int next = 0;
        while (next < inputs.size()) {
            begin();
            int first = next;
            do {
                Slice input = inputs.get(next++);
                add(input.array(), input.offset(), input.length());
            } while (next < inputs.size() && leaves < GROUP_LEAVES);
            finishTrees();
            for (int tree = 0; tree < trees; tree++) {
                out[first + tree] = root(tree);
            }
        }
    }

    private void begin() {
        trees = 0;
        leaves = 0;
    }

    /** Queues the leaves of one more tree; an empty input has one empty leaf. */
    private void add(byte[] data, int offset, int length) {
        int count = Math.max(1, (length + LeafQueue.LEAF_BYTES - 1) / LeafQueue.LEAF_BYTES);
        if (nodes.length < (leaves + count) * CHAINING_WORDS) {
            nodes = Arrays.copyOf(nodes, Math.max(2 * nodes.length, (leaves + count) * CHAINING_WORDS));
        }
        firstNode[trees] = leaves;
        nodeCount[trees++] = count;
        for (int leaf = 0; leaf < count; leaf++) {
            int at = leaf * LeafQueue.LEAF_BYTES;
            int size = Math.min(LeafQueue.LEAF_BYTES, length - at);
            leafQueue.add(data, offset + at, size, leaf, count == 1, leaves + leaf, nodes);
        }
        leaves += count;
    }

    private void finishTrees() {
        leafQueue.flush(nodes);
        boolean merged = true;
        while (merged) {
            merged = false;
            for (int tree = 0; tree < trees; tree++) {
                merged |= mergeLevel(tree);
            }
            parentQueue.flush(nodes);
        }
    }

    /** Queues the parents of one tree's current level; false if it already is a root. */
    private boolean mergeLevel(int tree) {
        int count = nodeCount[tree];
        if (count == 1) {
            return false;
        }
        int first = firstNode[tree];
        int pairs = count / 2;
        for (int pair = 0; pair < pairs; pair++) {
            parentQueue.add(first + 2 * pair, count == 2, first + pair, nodes);
        }
        if (count % 2 != 0) {
            System.arraycopy(
                    nodes,
                    (first + count - 1) * CHAINING_WORDS,
                    nodes,
                    (first + pairs) * CHAINING_WORDS,
                    CHAINING_WORDS);
        }
        nodeCount[tree] = pairs + count % 2;
        return true;
    }

    private Fingerprint root(int tree) {
        int at = firstNode[tree] * CHAINING_WORDS;
        return new Fingerprint(word(at), word(at + 2), word(at + 4), word(at + 6));
    }

    /** Two little-endian words of a chaining value as one big-endian word of a fingerprint. */
    private long word(int at) {
        return Long.reverseBytes((long) nodes[at + 1] << 32 | nodes[at] & 0xFFFF_FFFFL);
    }
}
