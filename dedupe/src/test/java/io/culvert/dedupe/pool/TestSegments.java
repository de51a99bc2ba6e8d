package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes chunks and the verified segments that carry them. */
final class TestSegments {

    private static final ThreadLocal<SegmentEncoder> ENCODER = ThreadLocal.withInitial(SegmentEncoder::new);
    private static final ThreadLocal<Fingerprinter> FINGERPRINTER = ThreadLocal.withInitial(Fingerprinter::fastest);

    private TestSegments() {}

    /** A segment that is valid until this thread asks for the next; costs no megabytes of buffers. */
    static VerifiedSegment passing(List<byte[]> chunks) {
        SegmentEncoder encoder = ENCODER.get();
        for (byte[] chunk : chunks) {
            if (!encoder.add(Slice.of(chunk))) {
                throw new IllegalArgumentException("too many chunks for one segment");
            }
        }
        return encoder.finishVerified(FINGERPRINTER.get());
    }

    /** Bytes that compress a little, so that both codecs occur. */
    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            Arrays.fill(bytes, length / 2, length, (byte) length);
        }
        return bytes;
    }

    static List<byte[]> chunks(RandomGenerator random, int count, int maxBytes) {
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chunks.add(bytes(random, 1 + random.nextInt(maxBytes)));
        }
        return chunks;
    }

    static Fingerprint fingerprint(byte[] bytes) {
        return FINGERPRINTER.get().of(bytes, 0, bytes.length);
    }

    static ChunkRef ref(byte[] bytes) {
        return new ChunkRef(fingerprint(bytes), bytes.length);
    }

    static List<ChunkRef> refs(List<byte[]> chunks) {
        return chunks.stream().map(TestSegments::ref).toList();
    }

    static VerifiedSegment segment(List<byte[]> chunks) {
        try (SegmentEncoder encoder = new SegmentEncoder();
                SegmentVerifier verifier = new SegmentVerifier()) {
            for (byte[] chunk : chunks) {
                if (!encoder.add(Slice.of(chunk))) {
                    throw new IllegalArgumentException("too many chunks for one segment");
                }
            }
            Segment segment = encoder.finish();
            return verifier.verify(
                    segment, chunks.stream().map(TestSegments::fingerprint).toList());
        } catch (CorruptChunkException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
