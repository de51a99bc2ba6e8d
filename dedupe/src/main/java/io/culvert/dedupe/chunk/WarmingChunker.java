package io.culvert.dedupe.chunk;

/** Scalar at first, SIMD as soon as that is fast. */
final class WarmingChunker extends ScanningChunker {

    WarmingChunker(ChunkSizes sizes) {
        super(sizes);
    }

    @Override
    int scan(byte[] data, int first, int limit, long threshold) {
        return VectorUnit.isWarm()
                ? VectorChunker.scanLanes(data, first, limit, threshold)
                : ScalarChunker.scanEach(data, first, limit, threshold);
    }
}
