package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.proto.v1.Accepted;
import io.culvert.proto.v1.Acknowledged;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Committed;
import io.culvert.proto.v1.Missing;
import io.culvert.proto.v1.Query;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Messages of both sides, made short for tests. */
final class Messages {

    private Messages() {}

    static ChunkRef ref(long id, int lengthBytes) {
        return new ChunkRef(new Fingerprint(id * 0x9E3779B97F4A7C15L, id, ~id, id * 31), lengthBytes);
    }

    static ChunkRef ref(long id) {
        return ref(id, 1000);
    }

    /** Chunks {@code from} to {@code from + count - 1}. */
    static List<ChunkRef> refs(long from, int count) {
        List<ChunkRef> refs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            refs.add(ref(from + i));
        }
        return refs;
    }

    static Begin begin() {
        return begin(1, 2);
    }

    static Begin begin(long epoch, long revision) {
        return Begin.newBuilder()
                .setJob("job")
                .setDataset("dataset")
                .setPool("pool")
                .setAttempt("attempt")
                .setKind("tree")
                .setFenceEpoch(epoch)
                .setFenceRevision(revision)
                .build();
    }

    static Commit commit() {
        return Commit.newBuilder().setRoot(Refs.pack(refs(1, 1))).build();
    }

    static ByteString payload(int bytes) {
        return ByteString.copyFrom(new byte[bytes]);
    }

    static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int bit : set) {
            bits.set(bit);
        }
        return bits;
    }

    static SenderMessage of(Begin begin) {
        return SenderMessage.newBuilder().setBegin(begin).build();
    }

    static SenderMessage of(Commit commit) {
        return SenderMessage.newBuilder().setCommit(commit).build();
    }

    static SenderMessage query(long first, List<ChunkRef> refs, boolean closure) {
        return SenderMessage.newBuilder()
                .setQuery(Query.newBuilder()
                        .setFirst(first)
                        .setRefs(Refs.pack(refs))
                        .setClosure(closure))
                .build();
    }

    /** A segment whose ordinals are given as they travel: the first, then differences. */
    static SenderMessage segment(int payloadBytes, long... steps) {
        SegmentData.Builder segment = SegmentData.newBuilder().setPayload(payload(payloadBytes));
        for (long step : steps) {
            segment.addOrdinals(step);
        }
        return SenderMessage.newBuilder().setSegment(segment).build();
    }

    static ReceiverMessage accepted(long window) {
        return ReceiverMessage.newBuilder()
                .setAccepted(Accepted.newBuilder().setWindowBytes(window))
                .build();
    }

    static ReceiverMessage missing(long first, int count, int... set) {
        return ReceiverMessage.newBuilder()
                .setMissing(Missing.newBuilder().setFirst(first).setCount(count).setBitmap(Refs.bitmap(bits(set))))
                .build();
    }

    static ReceiverMessage acknowledged(long segments, long bytes) {
        return ReceiverMessage.newBuilder()
                .setAcknowledged(Acknowledged.newBuilder().setSegments(segments).setBytes(bytes))
                .build();
    }

    static ReceiverMessage committed(String snapshot) {
        return ReceiverMessage.newBuilder()
                .setCommitted(Committed.newBuilder().setSnapshot(snapshot))
                .build();
    }

    static ReceiverMessage refused(Refused.Code code, String reason) {
        return ReceiverMessage.newBuilder()
                .setRefused(Refused.newBuilder().setCode(code).setReason(reason))
                .build();
    }
}
