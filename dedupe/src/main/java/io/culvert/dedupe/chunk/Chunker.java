package io.culvert.dedupe.chunk;

/**
 * Cuts an input into chunks where its content says so; stateless, safe for use by several threads.
 *
 * <p>A caller walks its input: {@code from = chunker.cut(data, from, to)} until {@code from == to}. Every implementation makes
 * the same cuts; {@link CutRule} says where.
 */
public sealed interface Chunker permits ScanningChunker {

    /**
     * The end (exclusive) of the chunk that begins at {@code from}. It depends on the bytes {@code from..to} alone.
     *
     * @param to the end of the input, or else at least {@link ChunkSizes#maxBytes()} beyond {@code from}
     */
    int cut(byte[] data, int from, int to);

    /** The fastest chunker for these sizes that this JVM can run. */
    static Chunker of(ChunkSizes sizes) {
        return VectorUnit.isUsable() ? new WarmingChunker(sizes) : new ScalarChunker(sizes);
    }
}
