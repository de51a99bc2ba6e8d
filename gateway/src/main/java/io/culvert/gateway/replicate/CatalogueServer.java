package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.session.Refs;
import io.culvert.proto.v1.CatalogueReply;
import io.culvert.proto.v1.CatalogueRequest;
import io.culvert.proto.v1.SnapshotRecord;
import java.io.IOException;
import java.util.List;

/** Tells a peer which snapshots it may see: those that it wrote, and those of datasets it was granted to read. */
public final class CatalogueServer {

    private final Channel channel;
    private final ReplicationAccess access;

    public CatalogueServer(Channel channel, ReplicationAccess access) {
        this.channel = channel;
        this.access = access;
    }

    /** Answers the request that the channel was opened with, from the pools that are open here; does not finish the channel. */
    public void answer(Slice openPayload) throws IOException, InterruptedException {
        CatalogueRequest request =
                CatalogueRequest.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length());
        for (Pool pool : access.pools()) {
            for (Snapshot snapshot : pool.snapshots().list().snapshots()) {
                if (matches(request, snapshot) && maySee(snapshot)) {
                    channel.send(Slice.of(CatalogueReply.newBuilder()
                            .setSnapshot(record(pool, snapshot))
                            .build()
                            .toByteArray()));
                }
            }
        }
    }

    private static boolean matches(CatalogueRequest request, Snapshot snapshot) {
        return (request.getDataset().isEmpty() || request.getDataset().equals(snapshot.dataset()))
                && snapshot.id().startsWith(request.getId());
    }

    private boolean maySee(Snapshot snapshot) {
        return snapshot.site().equals(channel.peer())
                || access.refusalToRead(channel.peer(), snapshot.dataset()).isEmpty();
    }

    private static SnapshotRecord record(Pool pool, Snapshot snapshot) {
        return SnapshotRecord.newBuilder()
                .setId(snapshot.id())
                .setDataset(snapshot.dataset())
                .setSite(snapshot.site())
                .setKind(snapshot.kind())
                .setCreatedMillis(snapshot.created().toEpochMilli())
                .setLabel(snapshot.label())
                .setPool(pool.name())
                .setAttempt(snapshot.attempt())
                .setFenceEpoch(snapshot.fence().epoch())
                .setFenceRevision(snapshot.fence().revision())
                .setRoot(Refs.pack(List.of(snapshot.root())))
                .setLevel(snapshot.depth())
                .setEntries(snapshot.entries())
                .setSourceBytes(snapshot.sourceBytes())
                .build();
    }
}
