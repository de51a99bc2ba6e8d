package io.culvert.dedupe.chunk;

import java.util.Objects;

/** The walk of one chunk: skip its least length, scan with the strict threshold, then with the loose one. */
abstract sealed class ScanningChunker implements Chunker permits ScalarChunker, VectorChunker, WarmingChunker {

    static final int NONE = -1;

    private final int minBytes;
    private final int loosenBytes;
    private final int maxBytes;
    private final long strict;
    private final long loose;

    ScanningChunker(ChunkSizes sizes) {
        minBytes = sizes.minBytes();
        maxBytes = sizes.maxBytes();
        loosenBytes = Math.max(minBytes, sizes.averageBytes() / 16 * 13);
        strict = CutRule.threshold(sizes.averageBytes() * 4);
        loose = CutRule.threshold(sizes.averageBytes() / 4);
    }

    @Override
    public final int cut(byte[] data, int from, int to) {
        Objects.checkFromToIndex(from, to, data.length);
        if (to - from <= minBytes) {
            return to;
        }
        int end = from + Math.min(to - from, maxBytes);
        int loosen = Math.min(from + loosenBytes, end);
        int cut = scan(data, from + minBytes, loosen, strict);
        if (cut == NONE) {
            cut = scan(data, loosen, end, loose);
        }
        return cut == NONE ? end : cut;
    }

    /**
     * The first position of {@code first..limit} (exclusive) where the data is cut, or {@link #NONE}.
     *
     * <p>Reads nothing at or beyond {@code limit}, and at most {@link CutRule#WINDOW_BYTES} before {@code first}.
     */
    abstract int scan(byte[] data, int first, int limit, long threshold);
}
