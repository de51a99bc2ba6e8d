package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.segment.ChunkLengths;
import io.culvert.dedupe.segment.Codec;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadSegment;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a snapshot together that a peer reads out: takes leaves, then window by window the segments that bring what they
 * name, hashes each chunk again and hands it on in order. For one thread.
 */
final class SnapshotAssembly implements AutoCloseable {

    private final String peer;
    private final RestoreSink sink;
    private final SegmentVerifier verifier = new SegmentVerifier();
    private final Deque<List<ChunkRef>> windows = new ArrayDeque<>();
    private InOrder.Order order;
    private @Nullable WindowAssembly assembly;

    SnapshotAssembly(String peer, RestoreSink sink) {
        this.peer = peer;
        this.sink = sink;
        this.order = new InOrder.Order(List.of(), sink);
    }

    /**
     * Takes a message; its bytes are not used any more when this returns.
     *
     * @return whether it was the last one: everything came
     * @throws RefusedException if the peer refuses, also in the middle, or says what it may not say here
     * @throws CorruptChunkException if what came is not what the manifest says
     */
    boolean take(ReadReply reply) throws IOException {
        switch (reply.getReplyCase()) {
            case LEAVES -> leaves(verified(reply.getLeaves()));
            case SEGMENT -> segment(verified(reply.getSegment()));
            case REFUSED ->
                throw new RefusedException(
                        peer, reply.getRefused().getCode(), reply.getRefused().getReason());
            case END -> {
                end();
                return true;
            }
            case REPLY_NOT_SET -> throw protocol("an empty message");
        }
        return false;
    }

    private RefusedException protocol(String reason) {
        return new RefusedException(peer, Refused.Code.PROTOCOL, reason);
    }

    private VerifiedSegment verified(ReadSegment message) throws IOException {
        List<ChunkRef> refs;
        try {
            refs = Refs.unpack(message.getRefs(), SessionLimits.MAX_REFS);
        } catch (SessionException e) {
            throw protocol(e.reason());
        }
        Segment segment =
                new Segment(Codec.ofId(message.getCodec()), lengths(refs), Payloads.slice(message.getPayload()));
        return verifier.verify(segment, SessionReceiver.fingerprints(refs));
    }

    private ChunkLengths lengths(List<ChunkRef> refs) throws RefusedException {
        try {
            return ChunkLengths.of(refs.stream().mapToInt(ChunkRef::lengthBytes).toArray());
        } catch (IllegalArgumentException e) {
            throw protocol("a segment of " + refs.size() + " chunks: " + e.getMessage());
        }
    }

    private void leaves(VerifiedSegment segment) throws IOException {
        requireNothingDue("more leaves");
        List<RestoreLeaf> leaves = new ArrayList<>();
        for (int i = 0; i < segment.chunks().size(); i++) {
            leaves.add(RestoreLeaf.of(Slice.of(segment.chunk(i).toArray())));
        }
        order = new InOrder.Order(leaves, sink);
        windows.addAll(ReadWindow.divide(leaves));
        advance();
    }

    private void segment(VerifiedSegment segment) throws IOException {
        WindowAssembly due = assembly;
        if (due == null) {
            throw protocol("a segment where nothing is due");
        }
        due.add(segment);
        if (due.isComplete()) {
            advance();
        }
    }

    /** Goes on to the next window, or to the leaves at the end that name nothing. */
    private void advance() throws IOException {
        List<ChunkRef> window = windows.poll();
        assembly = window == null ? null : new WindowAssembly(window, order);
        if (window == null) {
            order.rest();
        }
    }

    private void end() throws IOException {
        requireNothingDue("its end");
        sink.end();
    }

    private void requireNothingDue(String what) throws RefusedException {
        if (assembly != null) {
            throw protocol(what + " came where chunks are due");
        }
    }

    @Override
    public void close() {
        verifier.close();
    }
}
