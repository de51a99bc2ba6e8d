package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.pool.SnapshotLookup;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.session.SessionException;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadRequest;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a peer that reads a snapshot back.
 *
 * <p>The server walks the manifest itself: a peer names a snapshot that it was granted, never a chunk, and so cannot
 * learn whether the pool holds a chunk of somebody else's.
 */
public final class ReadServer {

    private static final Logger LOG = LoggerFactory.getLogger(ReadServer.class);

    /** Most paths of one request. */
    static final int MAX_PATHS = 1000;

    private final Channel channel;
    private final ReplicationAccess access;

    public ReadServer(Channel channel, ReplicationAccess access) {
        this.channel = channel;
        this.access = access;
    }

    /** The snapshot that a request names. */
    public static String snapshot(Slice openPayload) throws IOException {
        return ReadRequest.parser()
                .parseFrom(openPayload.array(), openPayload.offset(), openPayload.length())
                .getSnapshot();
    }

    /** Whether one of the pools that are open has this snapshot. */
    public static boolean isHere(String snapshot, ReplicationAccess access) throws IOException {
        for (Pool pool : access.pools()) {
            if (pool.snapshots().find(snapshot) instanceof SnapshotLookup.Found) {
                return true;
            }
        }
        return false;
    }

    /** Serves the request. */
    public void run(Slice openPayload) throws IOException, InterruptedException {
        try {
            ReadRequest request =
                    ReadRequest.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length());
            if (request.getPathsCount() > MAX_PATHS) {
                throw new SessionException(
                        Refused.Code.PROTOCOL, request.getPathsCount() + " paths, at most " + MAX_PATHS);
            }
            List<PathBytes> paths = new ArrayList<>();
            for (ByteString path : request.getPathsList()) {
                paths.add(PathBytes.of(path.toByteArray()));
            }
            serve(request.getSnapshot(), paths);
        } catch (SessionException e) {
            refuse(e.code(), e.reason());
        } catch (IllegalArgumentException e) {
            refuse(Refused.Code.PROTOCOL, String.valueOf(e.getMessage()));
        } catch (SnapshotReader.NoSuchPathException e) {
            refuse(Refused.Code.INCOMPLETE, String.valueOf(e.getMessage()));
        } catch (CorruptChunkException e) {
            LOG.atError()
                    .addKeyValue("peer", channel.peer())
                    .log("damage found while reading back: {}", e.getMessage());
            refuse(Refused.Code.CORRUPT, String.valueOf(e.getMessage()));
        }
        channel.finish();
    }

    private void serve(String id, List<PathBytes> paths) throws IOException, InterruptedException, SessionException {
        for (Pool pool : access.pools()) {
            if (pool.snapshots().find(id) instanceof SnapshotLookup.Found found) {
                Snapshot snapshot = found.snapshot();
                var refusal = access.refusalToRead(channel.peer(), snapshot.dataset());
                if (refusal.isPresent()) {
                    throw new SessionException(Refused.Code.NOT_GRANTED, refusal.get());
                }
                try (StoredSegments segments = new StoredSegments(pool, origins(pool, snapshot), this::send)) {
                    new SnapshotReader(pool, Closure.root(snapshot), paths, segments).read(Fingerprinter.fastest());
                }
                return;
            }
        }
        throw new SessionException(Refused.Code.INCOMPLETE, "there is no snapshot " + id);
    }

    /** Where the segments come from that the asker may read whole: the attempts of the snapshots of this dataset. */
    private static Set<String> origins(Pool pool, Snapshot snapshot) throws IOException {
        return pool.snapshots().list().snapshots().stream()
                .filter(other ->
                        other.site().equals(snapshot.site()) && other.dataset().equals(snapshot.dataset()))
                .map(Origin::of)
                .collect(Collectors.toSet());
    }

    private void refuse(Refused.Code code, String reason) throws IOException {
        send(ReadReply.newBuilder()
                .setRefused(Refused.newBuilder().setCode(code).setReason(reason))
                .build());
    }

    private void send(ReadReply reply) throws IOException {
        try {
            Payloads.send(channel, reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("reading back was interrupted");
        }
    }
}
