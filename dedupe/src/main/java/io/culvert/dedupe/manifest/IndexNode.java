package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * A node above the leaves: the children in order, each with the path at which it begins.
 *
 * <pre>
 * node  := 0x49 version=1 level child*
 * child := varint length, 32 bytes fingerprint, counted path
 * </pre>
 *
 * @param level 1 above leaves, then one more for each storey
 */
record IndexNode(int level, List<Child> children) {

    static final int MAGIC = 0x49;
    static final int VERSION = 1;

    /** Levels of the tallest tree: at 16 children a node still more than any pool holds. */
    static final int MAX_LEVEL = 16;

    /** Most children of one node. */
    static final int MAX_CHILDREN = 1024;

    IndexNode {
        children = List.copyOf(children);
    }

    /** A leaf or node below. {@code first} is the path of the entry that its first record belongs to. */
    record Child(ChunkRef node, PathBytes first) {}

    void encode(ByteWriter out) {
        out.clear();
        out.octet(MAGIC);
        out.octet(VERSION);
        out.octet(level);
        for (Child child : children) {
            out.varint(child.node().lengthBytes());
            out.fingerprint(child.node().fingerprint());
            out.counted(Slice.of(child.first().raw()));
        }
    }

    static IndexNode decode(Slice bytes) throws CorruptChunkException {
        ByteReader in = new ByteReader(bytes);
        if (in.octet() != MAGIC || in.octet() != VERSION) {
            throw new CorruptChunkException("not a manifest index node of version " + VERSION);
        }
        int level = in.octet();
        List<Child> children = new ArrayList<>();
        while (!in.atEnd()) {
            if (children.size() == MAX_CHILDREN) {
                throw new CorruptChunkException("a manifest index node has over " + MAX_CHILDREN + " children");
            }
            int length = in.bounded("a node's length", ChunkRef.MAX_LENGTH_BYTES);
            try {
                ChunkRef node = new ChunkRef(in.fingerprint(), length);
                children.add(new Child(node, PathBytes.of(in.counted("a path", PathBytes.MAX_LENGTH_BYTES))));
            } catch (IllegalArgumentException e) {
                throw new CorruptChunkException("a manifest index node breaks a rule: " + e.getMessage(), e);
            }
        }
        if (level < 1 || level > MAX_LEVEL || children.isEmpty()) {
            throw new CorruptChunkException(
                    "a manifest index node of level " + level + " with " + children.size() + " children");
        }
        return new IndexNode(level, children);
    }
}
