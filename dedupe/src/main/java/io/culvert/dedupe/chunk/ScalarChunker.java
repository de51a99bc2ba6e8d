package io.culvert.dedupe.chunk;

/** Tries one position after the other: the fallback, and the reference for the vector one. */
final class ScalarChunker extends ScanningChunker {

    ScalarChunker(ChunkSizes sizes) {
        super(sizes);
    }

    @Override
    int scan(byte[] data, int first, int limit, long threshold) {
        return scanEach(data, first, limit, threshold);
    }

    static int scanEach(byte[] data, int first, int limit, long threshold) {
        for (int end = first; end < limit; end++) {
            if (CutRule.isCandidate(data, end) && CutRule.isCut(data, end, threshold)) {
                return end;
            }
        }
        return NONE;
    }
}
