package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.StoredSegment;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends a snapshot of a pool to a peer that reads it back: leaves packed anew, and for each {@link ReadWindow} of what they
 * name the segments of the pool as they are stored, without unpacking them.
 *
 * <p>A stored segment may hold chunks that the reader was not granted, because another dataset brought them. So it goes out
 * as it is only if one of the dataset's own attempts stored it, or if all of it is wanted; and only if at least half of it
 * is wanted, because the rest is sent in vain. From other segments the wanted chunks are packed anew. The checksum of a
 * stored segment is compared here; the reader hashes each chunk.
 */
final class StoredSegments implements LeafBatches, AutoCloseable {

    /** Sends a message, whose payload is valid during the call; blocks while the peer has no room. */
    interface Replies {
        void send(ReadReply reply) throws IOException;
    }

    private final Pool pool;
    private final Set<String> origins;
    private final Replies replies;
    private final SegmentEncoder encoder = new SegmentEncoder();
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private final List<ChunkRef> packed = new ArrayList<>();

    /** @param origins those ({@link Origin}) whose segments the reader may see whole */
    StoredSegments(Pool pool, Set<String> origins, Replies replies) {
        this.pool = pool;
        this.origins = Set.copyOf(origins);
        this.replies = replies;
    }

    @Override
    public void batch(List<RestoreLeaf> leaves) throws IOException {
        List<RestoreLeaf> together = new ArrayList<>();
        for (RestoreLeaf leaf : leaves) {
            Slice bytes = leaf.bytes();
            Fingerprint name = fingerprinter.of(bytes.array(), bytes.offset(), bytes.length());
            if (!fits(bytes)) {
                flushLeaves(together);
                require(fits(bytes), bytes);
            }
            packed.add(new ChunkRef(name, bytes.length()));
            together.add(leaf);
        }
        flushLeaves(together);
    }

    private boolean fits(Slice item) {
        return packed.size() < SessionLimits.MAX_REFS && encoder.add(item);
    }

    private static void require(boolean fits, Slice item) {
        if (!fits) {
            throw new IllegalStateException("an item of " + item.length() + " bytes fits into no segment");
        }
    }

    private void flushLeaves(List<RestoreLeaf> leaves) throws IOException {
        replies.send(ReadReply.newBuilder().setLeaves(finish()).build());
        for (List<ChunkRef> window : ReadWindow.divide(leaves)) {
            window(List.copyOf(new LinkedHashSet<>(window)));
        }
        leaves.clear();
    }

    private void window(List<ChunkRef> chunks) throws IOException {
        List<ChunkRef> scattered = new ArrayList<>();
        for (StoredSegment stored : located(chunks)) {
            if (!goesWhole(stored) || !whole(stored)) {
                stored.wanted().forEach(i -> scattered.add(stored.chunks().get(i)));
            }
        }
        pool.read(scattered, (index, chunk, data) -> {
            if (!fits(data)) {
                flush();
                require(fits(data), data);
            }
            packed.add(chunk);
        });
        flush();
    }

    /** Damage does not end it here: reading chunk by chunk looks for other copies, and throws if there are none. */
    private List<StoredSegment> located(List<ChunkRef> chunks) throws IOException {
        try {
            return pool.locate(chunks);
        } catch (CorruptChunkException damage) {
            pool.read(chunks, (index, chunk, data) -> {});
            return pool.locate(chunks);
        }
    }

    private boolean goesWhole(StoredSegment stored) {
        int all = stored.chunks().size();
        boolean granted = stored.wanted().size() == all || origins.contains(stored.attempt());
        long wanted = stored.wanted().stream()
                .mapToLong(i -> stored.chunks().get(i).lengthBytes())
                .sum();
        long bytes = stored.chunks().stream().mapToLong(ChunkRef::lengthBytes).sum();
        return granted && all <= SessionLimits.MAX_REFS && 2 * wanted >= bytes;
    }

    /** Sends it; false if it turns out to be damaged. */
    private boolean whole(StoredSegment stored) throws IOException {
        Segment segment;
        try {
            segment = pool.load(stored);
        } catch (CorruptChunkException damage) {
            return false;
        }
        replies.send(ReadReply.newBuilder()
                .setSegment(message(stored.chunks(), segment))
                .build());
        return true;
    }

    private void flush() throws IOException {
        if (!packed.isEmpty()) {
            replies.send(ReadReply.newBuilder().setSegment(finish()).build());
        }
    }

    private ReadSegment finish() {
        ReadSegment message = message(packed, encoder.finishTransient());
        packed.clear();
        return message;
    }

    private static ReadSegment message(List<ChunkRef> chunks, Segment segment) {
        return ReadSegment.newBuilder()
                .setRefs(Refs.pack(chunks))
                .setCodec(segment.codec().id())
                .setPayload(Payloads.wrap(segment.payload()))
                .build();
    }

    @Override
    public void end() throws IOException {
        replies.send(ReadReply.newBuilder().setEnd(1).build());
    }

    @Override
    public void close() {
        encoder.close();
    }
}
