package io.culvert.dedupe.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks segments that may come from anyone and hashes every chunk again; an instance belongs to one thread at a time.
 *
 * <p>Its memory is fixed: {@link Segment#MAX_RAW_BYTES} of output, whatever a segment claims. A frame that claims another size
 * than its chunks have is refused before a byte of it is unpacked.
 */
public final class SegmentVerifier implements AutoCloseable {

    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final byte[] output = new byte[Segment.MAX_RAW_BYTES];
    private final Fingerprinter fingerprinter;

    public SegmentVerifier() {
        this(Fingerprinter.fastest());
    }

    public SegmentVerifier(Fingerprinter fingerprinter) {
        this.fingerprinter = fingerprinter;
    }

    /**
     * The segment with proof that chunk {@code i} has the fingerprint {@code expected.get(i)}. Valid until the next call.
     *
     * @throws CorruptChunkException naming a fingerprint of the segment and what is wrong: the number of chunks, the size that
     *     the payload declares or has, the compressed data, or the bytes of that chunk
     */
    public VerifiedSegment verify(Segment segment, List<Fingerprint> expected) throws CorruptChunkException {
        ChunkLengths lengths = segment.lengths();
        if (lengths.count() != expected.size()) {
            throw corrupt(expected, "has " + lengths.count() + " chunks where " + expected.size() + " are expected");
        }
        Slice raw = switch (segment.codec()) {
            case RAW -> checkSize(segment, expected, segment.payload().length());
            case ZSTD -> unpack(segment, expected);
        };
        Fingerprint[] found = hash(raw, lengths);
        for (int i = 0; i < found.length; i++) {
            if (!found[i].equals(expected.get(i))) {
                throw new CorruptChunkException(
                        "chunk " + expected.get(i).hex() + " (" + (i + 1) + " of " + found.length
                                + " in its segment, " + lengths.get(i) + " bytes) is damaged: its bytes are those of "
                                + found[i].hex());
            }
        }
        return VerifiedSegment.of(segment, raw, found);
    }

    private Slice unpack(Segment segment, List<Fingerprint> expected) throws CorruptChunkException {
        Slice payload = segment.payload();
        byte[] from = payload.array();
        if (payload.isEmpty() || payload.length() > Segment.MAX_PAYLOAD_BYTES) {
            throw corrupt(
                    expected,
                    "has a payload of " + payload.length() + " bytes, which must be within 1.."
                            + Segment.MAX_PAYLOAD_BYTES);
        }
        try {
            checkSize(segment, expected, Zstd.getFrameContentSize(from, payload.offset(), payload.length()));
            long frame = Zstd.findFrameCompressedSize(from, payload.offset(), payload.length());
            if (frame != payload.length()) {
                throw corrupt(expected, "is a frame of " + frame + " bytes in " + payload.length());
            }
            int size = zstd.decompressByteArray(
                    output, 0, segment.lengths().totalBytes(), from, payload.offset(), payload.length());
            checkSize(segment, expected, size);
        } catch (ZstdException e) {
            throw new CorruptChunkException(describe(expected, "cannot be decompressed: " + e.getMessage()), e);
        }
        return new Slice(output, 0, segment.lengths().totalBytes());
    }

    /** The payload itself, if the segment's raw bytes are as many as its chunks have together. */
    private static Slice checkSize(Segment segment, List<Fingerprint> expected, long size)
            throws CorruptChunkException {
        int total = segment.lengths().totalBytes();
        if (size < 0) {
            throw corrupt(expected, "is no zstd frame that declares its size");
        }
        if (size != total) {
            throw corrupt(expected, "declares " + size + " bytes where its chunks have " + total);
        }
        return segment.payload();
    }

    private Fingerprint[] hash(Slice raw, ChunkLengths lengths) {
        List<Slice> chunks = new ArrayList<>(lengths.count());
        int at = 0;
        for (int i = 0; i < lengths.count(); i++) {
            chunks.add(raw.slice(at, lengths.get(i)));
            at += lengths.get(i);
        }
        Fingerprint[] found = new Fingerprint[lengths.count()];
        fingerprinter.of(chunks, found);
        return found;
    }

    private static CorruptChunkException corrupt(List<Fingerprint> expected, String what) {
        return new CorruptChunkException(describe(expected, what));
    }

    private static String describe(List<Fingerprint> expected, String what) {
        String first =
                expected.isEmpty() ? "no chunk" : "chunk " + expected.getFirst().hex();
        return "the segment that begins with " + first + " " + what;
    }

    /** Frees the decompression context; a second call does nothing. */
    @Override
    public void close() {
        zstd.close();
    }
}
