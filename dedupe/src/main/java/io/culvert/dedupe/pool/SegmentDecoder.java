package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.Closeable;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Decodes stored segments and hashes every chunk; keeps a few verifiers, as many as there are readers at a time. */
final class SegmentDecoder implements Closeable {

    private static final int MAX_IDLE = 4;
    private final ConcurrentLinkedQueue<SegmentVerifier> idle = new ConcurrentLinkedQueue<>();

    DecodedSegment decode(StoredRecord record, byte[] payload) throws CorruptChunkException {
        Segment segment = StoredSegment.segment(record, payload);
        List<Fingerprint> expected =
                record.chunks().stream().map(ChunkRef::fingerprint).toList();
        SegmentVerifier verifier = take();
        try {
            VerifiedSegment verified = verifier.verify(segment, expected);
            return new DecodedSegment(record.chunks(), verified.raw().toArray());
        } finally {
            give(verifier);
        }
    }

    @Override
    public void close() {
        for (SegmentVerifier verifier = idle.poll(); verifier != null; verifier = idle.poll()) {
            verifier.close();
        }
    }

    private SegmentVerifier take() {
        SegmentVerifier verifier = idle.poll();
        return verifier != null ? verifier : new SegmentVerifier();
    }

    private void give(SegmentVerifier verifier) {
        if (idle.size() < MAX_IDLE) {
            idle.add(verifier);
        } else {
            verifier.close();
        }
    }
}
