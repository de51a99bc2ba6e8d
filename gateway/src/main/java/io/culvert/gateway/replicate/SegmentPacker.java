package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Packs chunks into segments and hands each full one out together with the chunks it holds. */
final class SegmentPacker implements AutoCloseable {

    /** Takes a finished segment; its payload is valid during the call. */
    interface SegmentSink {
        void accept(List<Packed> chunks, Segment segment) throws IOException, InterruptedException;
    }

    /** A chunk in a segment, with the number by which the session knows it. */
    record Packed(long ordinal, ChunkRef ref) {}

    private final SegmentEncoder encoder;
    private final SegmentSink sink;
    private final List<Packed> packed = new ArrayList<>();
    private final int mostChunks;

    SegmentPacker(SegmentEncoder encoder, int mostChunks, SegmentSink sink) {
        this.encoder = encoder;
        this.sink = sink;
        this.mostChunks = mostChunks;
    }

    /** Copies the chunk's bytes and lets go of it. */
    void add(long ordinal, ChunkOffer offer) throws IOException, InterruptedException {
        var bytes = offer.bytes();
        if (packed.size() == mostChunks || !encoder.add(bytes)) {
            flush();
            if (!encoder.add(bytes)) {
                throw new IllegalStateException("a chunk of " + bytes.length() + " bytes fits into no segment");
            }
        }
        packed.add(new Packed(ordinal, offer.ref()));
        offer.letGo();
    }

    boolean isEmpty() {
        return packed.isEmpty();
    }

    /** Hands out what is packed, if anything. */
    void flush() throws IOException, InterruptedException {
        if (!packed.isEmpty()) {
            Segment segment = encoder.finishTransient();
            List<Packed> chunks = List.copyOf(packed);
            packed.clear();
            sink.accept(chunks, segment);
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
