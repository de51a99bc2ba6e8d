package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.segment.ChunkLengths;
import io.culvert.dedupe.segment.Codec;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadRequest;
import io.culvert.proto.v1.ReadSegment;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads a snapshot back from a peer: takes the items in their order and hashes each chunk again before it hands it on.
 */
final class ReadClient {

    private final Channel channel;
    private final RestoreSink sink;
    private final Deque<ChunkRef> awaited = new ArrayDeque<>();

    ReadClient(Channel channel, RestoreSink sink) {
        this.channel = channel;
        this.sink = sink;
    }

    /** What the channel is opened with. */
    static Slice request(String snapshot, List<PathBytes> paths) {
        ReadRequest.Builder request = ReadRequest.newBuilder().setSnapshot(snapshot);
        paths.forEach(path -> request.addPaths(ByteString.copyFrom(path.toBytes())));
        return Slice.of(request.build().toByteArray());
    }

    /**
     * Reads to the end.
     *
     * @throws RefusedException if the peer refuses, also in the middle
     * @throws CorruptChunkException if what came is not what the manifest says
     */
    void run() throws IOException, InterruptedException {
        try (SegmentVerifier verifier = new SegmentVerifier()) {
            for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
                Slice bytes = next.get();
                ReadReply reply = ReadReply.parser().parseFrom(bytes.array(), bytes.offset(), bytes.length());
                channel.recycle(bytes);
                switch (reply.getReplyCase()) {
                    case SEGMENT -> segment(verifier, reply.getSegment());
                    case REFUSED ->
                        throw new RefusedException(
                                channel.peer(),
                                reply.getRefused().getCode(),
                                reply.getRefused().getReason());
                    case END -> {
                        end();
                        return;
                    }
                    case REPLY_NOT_SET -> throw protocol("an empty message");
                }
            }
        }
        throw new IOException(channel.peer() + " ended the snapshot before its end");
    }

    private RefusedException protocol(String reason) {
        return new RefusedException(channel.peer(), Refused.Code.PROTOCOL, reason);
    }

    private void end() throws IOException {
        if (!awaited.isEmpty()) {
            throw protocol("the snapshot ended with " + awaited.size() + " chunks outstanding");
        }
        sink.end();
    }

    private void segment(SegmentVerifier verifier, ReadSegment message) throws IOException {
        List<ChunkRef> refs;
        try {
            refs = Refs.unpack(message.getRefs(), SessionLimits.MAX_REFS);
        } catch (SessionException e) {
            throw protocol(e.reason());
        }
        Segment segment = new Segment(
                Codec.ofId(message.getCodec()),
                lengths(refs),
                Slice.of(message.getPayload().toByteArray()));
        VerifiedSegment verified = verifier.verify(segment, SessionReceiver.fingerprints(refs));
        for (int i = 0; i < refs.size(); i++) {
            item(refs.get(i), verified.chunk(i));
        }
    }

    private ChunkLengths lengths(List<ChunkRef> refs) throws RefusedException {
        try {
            return ChunkLengths.of(refs.stream().mapToInt(ChunkRef::lengthBytes).toArray());
        } catch (IllegalArgumentException e) {
            throw protocol("a segment of " + refs.size() + " chunks: " + e.getMessage());
        }
    }

    private void item(ChunkRef ref, Slice bytes) throws IOException {
        ChunkRef expected = awaited.poll();
        if (expected == null) {
            for (ManifestRecord record : ManifestReader.records(bytes)) {
                if (record instanceof Extents extents) {
                    expect(extents.list());
                }
            }
            sink.leaf(bytes);
        } else if (ref.equals(expected)) {
            sink.data(ref, bytes);
        } else {
            throw new CorruptChunkException(
                    "chunk " + ref + " came from " + channel.peer() + " where the manifest has " + expected);
        }
    }

    private void expect(List<Extent> extents) {
        for (Extent extent : extents) {
            if (extent instanceof Extent.Data data) {
                awaited.add(data.chunk());
            }
        }
    }
}
