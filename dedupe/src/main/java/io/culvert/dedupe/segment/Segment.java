package io.culvert.dedupe.segment;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;

/**
 * Chunks packed together: their lengths, and their bytes one after the other through a codec.
 *
 * <p>It says nothing about the payload: it may come from a peer. {@link SegmentVerifier} checks it.
 */
public record Segment(Codec codec, ChunkLengths lengths, Slice payload) {

    /** An encoder calls a segment full from here on. */
    public static final int TARGET_RAW_BYTES = 1 << 20;

    /** No segment holds more: just below the target, and then one chunk of the greatest length. */
    public static final int MAX_RAW_BYTES = TARGET_RAW_BYTES + ChunkRef.MAX_LENGTH_BYTES;

    /** No segment holds more chunks; only trees of files of some hundred bytes come near it. */
    public static final int MAX_CHUNKS = 4096;

    /** No payload is longer: what does not shrink is stored {@link Codec#RAW}. */
    public static final int MAX_PAYLOAD_BYTES = MAX_RAW_BYTES;
}
