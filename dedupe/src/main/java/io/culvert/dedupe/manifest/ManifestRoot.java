package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;

/**
 * The name of a whole manifest.
 *
 * @param node the topmost node: a leaf if {@code level} is 0
 * @param level storeys above the leaves
 * @param entries entries in it
 * @param sourceBytes sum of the sizes of its files, holes included
 */
public record ManifestRoot(ChunkRef node, int level, long entries, long sourceBytes) {
    public ManifestRoot {
        if (level < 0 || level > IndexNode.MAX_LEVEL || entries < 0 || sourceBytes < 0) {
            throw new IllegalArgumentException(
                    "a manifest root of level " + level + ", " + entries + " entries, " + sourceBytes + " bytes");
        }
    }
}
