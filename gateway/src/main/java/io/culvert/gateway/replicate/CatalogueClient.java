package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Fence;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.v1.CatalogueReply;
import io.culvert.proto.v1.CatalogueRequest;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SnapshotRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Asks a peer which snapshots it holds. */
public final class CatalogueClient {

    /** Most snapshots taken from one peer. */
    private static final int MAX_SNAPSHOTS = 1_000_000;

    private CatalogueClient() {}

    /** What the channel is opened with; empty texts ask for all. */
    public static Slice request(String dataset, String id) {
        return Slice.of(CatalogueRequest.newBuilder()
                .setDataset(dataset)
                .setId(id)
                .build()
                .toByteArray());
    }

    /** Reads the replies to the end. */
    public static List<RemoteSnapshot> read(Channel channel) throws IOException, InterruptedException {
        List<RemoteSnapshot> snapshots = new ArrayList<>();
        for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
            Slice bytes = next.get();
            CatalogueReply reply = CatalogueReply.parser().parseFrom(bytes.array(), bytes.offset(), bytes.length());
            switch (reply.getReplyCase()) {
                case SNAPSHOT -> snapshots.add(snapshot(channel.peer(), reply.getSnapshot()));
                case REFUSED ->
                    throw new RefusedException(
                            channel.peer(),
                            reply.getRefused().getCode(),
                            reply.getRefused().getReason());
                case REPLY_NOT_SET ->
                    throw new RefusedException(channel.peer(), Refused.Code.PROTOCOL, "an empty message");
            }
            if (snapshots.size() > MAX_SNAPSHOTS) {
                throw new RefusedException(
                        channel.peer(), Refused.Code.PROTOCOL, "it names more than " + MAX_SNAPSHOTS + " snapshots");
            }
        }
        return snapshots;
    }

    private static RemoteSnapshot snapshot(String peer, SnapshotRecord record) throws RefusedException {
        try {
            Snapshot snapshot = new Snapshot(
                    record.getId(),
                    record.getDataset(),
                    record.getSite(),
                    record.getKind(),
                    Instant.ofEpochMilli(record.getCreatedMillis()),
                    record.getAttempt(),
                    new Fence(record.getFenceEpoch(), record.getFenceRevision()),
                    record.getLabel(),
                    Refs.unpackOne(record.getRoot()),
                    record.getLevel(),
                    record.getEntries(),
                    record.getSourceBytes(),
                    new TreeMap<>());
            return new RemoteSnapshot(peer, record.getPool(), snapshot);
        } catch (SessionException | IllegalArgumentException e) {
            throw new RefusedException(peer, Refused.Code.PROTOCOL, "a snapshot that cannot be: " + e.getMessage());
        }
    }
}
