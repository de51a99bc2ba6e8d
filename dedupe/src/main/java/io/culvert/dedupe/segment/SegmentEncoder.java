package io.culvert.dedupe.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Packs chunks into segments; an instance belongs to one thread at a time and is used for many segments.
 *
 * <p>Chunks are copied together, because zstd finds a third more between chunks than inside each alone. What shrinks by less
 * than 1/{@value #LEAST_SAVING} is left {@link Codec#RAW}, which spares the reader the decompression.
 */
public final class SegmentEncoder implements AutoCloseable {

    /** Measured to be within 1.05 of the bytes of {@code tar | zstd -3} at two thirds of its CPU. */
    public static final int DEFAULT_LEVEL = 1;

    public static final int MAX_LEVEL = 19;

    /**
     * At level 1 zstd keeps a window of 512 KiB and a hash table of 2^14 entries: too small for a segment. These three
     * parameters save 5 to 6 % of the bytes of level 1 for 15 to 20 % of its CPU; level 2 saves as much and costs the same
     * on its way to level 3. A hash table of 2^15 entries would cost a tenth less and leave 1.2 % more bytes.
     */
    private static final int FAST_LEVEL = 1;

    private static final int FAST_WINDOW_LOG = 20;
    private static final int FAST_HASH_LOG = 16;
    private static final int FAST_MIN_MATCH = 6;

    private static final int LEAST_SAVING = 64;

    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final byte[] raw = new byte[Segment.MAX_RAW_BYTES];
    private final byte[] compressed = new byte[(int) Zstd.compressBound(Segment.MAX_RAW_BYTES)];
    private final int[] lengths = new int[Segment.MAX_CHUNKS];
    private int count;
    private int rawBytes;

    /** An encoder at {@link #DEFAULT_LEVEL}. */
    public SegmentEncoder() {
        this(DEFAULT_LEVEL);
    }

    /**
     * An encoder at a zstd level.
     *
     * @throws IllegalArgumentException unless the level is within 1..{@value #MAX_LEVEL}
     */
    public SegmentEncoder(int level) {
        if (level < 1 || level > MAX_LEVEL) {
            throw new IllegalArgumentException("level must be within 1.." + MAX_LEVEL + ", was " + level);
        }
        zstd.setLevel(level).setContentSize(true).setChecksum(false).setDictID(false);
        if (level == FAST_LEVEL) {
            zstd.setWindowLog(FAST_WINDOW_LOG).setHashLog(FAST_HASH_LOG).setMinMatch(FAST_MIN_MATCH);
        }
    }

    /**
     * Copies a chunk in.
     *
     * @return false, and nothing is copied, if the segment is full: finish it first
     * @throws IllegalArgumentException if the chunk is empty or longer than a chunk may be
     */
    public boolean add(Slice chunk) {
        if (chunk.isEmpty() || chunk.length() > ChunkRef.MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "a chunk must have 1.." + ChunkRef.MAX_LENGTH_BYTES + " bytes, has " + chunk.length());
        }
        if (rawBytes >= Segment.TARGET_RAW_BYTES || count == Segment.MAX_CHUNKS) {
            return false;
        }
        System.arraycopy(chunk.array(), chunk.offset(), raw, rawBytes, chunk.length());
        lengths[count++] = chunk.length();
        rawBytes += chunk.length();
        return true;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** Bytes of the chunks added since the last segment was finished. */
    public int rawBytes() {
        return rawBytes;
    }

    /**
     * The segment of the chunks added; the encoder is then empty. The payload is the caller's.
     *
     * @throws IllegalStateException if there are none
     */
    public Segment finish() {
        Segment own = finishTransient();
        return new Segment(own.codec(), own.lengths(), Slice.of(own.payload().toArray()));
    }

    /** As {@link #finish}, without a copy: the payload is valid until this encoder is used again or closed. */
    public Segment finishTransient() {
        if (isEmpty()) {
            throw new IllegalStateException("a segment must have a chunk, has none");
        }
        ChunkLengths packed = ChunkLengths.of(Arrays.copyOf(lengths, count));
        int size = zstd.compressByteArray(compressed, 0, compressed.length, raw, 0, rawBytes);
        boolean shrinks = size < rawBytes - rawBytes / LEAST_SAVING;
        Slice payload = shrinks ? new Slice(compressed, 0, size) : new Slice(raw, 0, rawBytes);
        count = 0;
        rawBytes = 0;
        return new Segment(shrinks ? Codec.ZSTD : Codec.RAW, packed, payload);
    }

    /**
     * As {@link #finishTransient}, for a pool of this process: the bytes that were packed are hashed here, so the segment is
     * what its fingerprints say without being unpacked. It is valid until this encoder is used again or closed.
     */
    public VerifiedSegment finishVerified(Fingerprinter fingerprinter) {
        List<Slice> chunks = new ArrayList<>(count);
        int at = 0;
        for (int i = 0; i < count; i++) {
            chunks.add(new Slice(raw, at, lengths[i]));
            at += lengths[i];
        }
        Slice bytes = new Slice(raw, 0, rawBytes);
        Fingerprint[] fingerprints = new Fingerprint[count];
        fingerprinter.of(chunks, fingerprints);
        return VerifiedSegment.of(finishTransient(), bytes, fingerprints);
    }

    /** Frees the compression context; a second call does nothing. */
    @Override
    public void close() {
        zstd.close();
    }
}
