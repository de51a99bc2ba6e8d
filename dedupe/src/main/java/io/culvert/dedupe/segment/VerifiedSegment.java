package io.culvert.dedupe.segment;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment whose every chunk was hashed by this process and is what its fingerprint says.
 *
 * <p>Only {@link SegmentVerifier} and {@link SegmentEncoder#finishVerified} make one. It uses their buffers and is valid until
 * they are used again.
 */
public final class VerifiedSegment {

    private final Segment segment;
    private final Slice raw;
    private final List<ChunkRef> chunks;
    private final int[] starts;

    private VerifiedSegment(Segment segment, Slice raw, List<ChunkRef> chunks, int[] starts) {
        this.segment = segment;
        this.raw = raw;
        this.chunks = chunks;
        this.starts = starts;
    }

    static VerifiedSegment of(Segment segment, Slice raw, Fingerprint[] fingerprints) {
        ChunkLengths lengths = segment.lengths();
        List<ChunkRef> chunks = new ArrayList<>(lengths.count());
        int[] starts = new int[lengths.count()];
        int at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += lengths.get(i);
            chunks.add(new ChunkRef(fingerprints[i], lengths.get(i)));
        }
        return new VerifiedSegment(segment, raw, List.copyOf(chunks), starts);
    }

    /** Its chunks, in order. */
    public List<ChunkRef> chunks() {
        return chunks;
    }

    /** The segment as it came, to be stored or sent on without packing it again. */
    public Segment segment() {
        return segment;
    }

    /** The bytes of all chunks, one after the other. */
    public Slice raw() {
        return raw;
    }

    /** The bytes of one chunk. */
    public Slice chunk(int index) {
        return raw.slice(starts[index], segment.lengths().get(index));
    }
}
