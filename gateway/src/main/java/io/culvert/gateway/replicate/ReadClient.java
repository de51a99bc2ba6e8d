package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Limits;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads snapshots back from peers, {@value #MAX_READS} at a time, because each may hold a {@link ReadWindow} in memory.
 *
 * <p>Whoever comes when all places are taken, here or at the peer, waits in turn and is told why. Thread-safe.
 */
final class ReadClient {

    /** Snapshots that are read from peers at a time. */
    static final int MAX_READS = 4;

    private static final Duration LOOK = Duration.ofSeconds(2);

    /** Told every now and then why nothing has come yet. */
    interface Waiting {
        void because(String why) throws IOException;
    }

    private final Streams streams;
    private final Places places = new Places(MAX_READS);

    ReadClient(Streams streams) {
        this.streams = streams;
    }

    /**
     * What the channel is opened with.
     *
     * @throws IOException if the paths are too long for it
     */
    static Slice request(String snapshot, List<PathBytes> paths) throws IOException {
        ReadRequest.Builder request = ReadRequest.newBuilder().setSnapshot(snapshot);
        paths.forEach(path -> request.addPaths(ByteString.copyFrom(path.toBytes())));
        byte[] bytes = request.build().toByteArray();
        if (bytes.length > Limits.MAX_OPEN_BYTES - Limits.MAX_ENVELOPE_BYTES) {
            throw new IOException("the " + paths.size() + " paths are too long together for one request, "
                    + bytes.length + " bytes; restore fewer at a time, or the directory above them");
        }
        return Slice.of(bytes);
    }

    /**
     * Reads a snapshot to its end.
     *
     * @throws RefusedException if the peer refuses, also in the middle
     * @throws io.culvert.dedupe.chunk.CorruptChunkException if what came is not what the manifest says
     * @throws io.culvert.gateway.stream.StreamException if there is no stream to the peer, or it is lost
     */
    void read(String peer, Slice request, RestoreSink sink, Waiting waiting) throws IOException, InterruptedException {
        try (Places.Turn turn = places.turn(peer)) {
            while (!turn.await(LOOK)) {
                waiting.because(MAX_READS + " snapshots are read from peers, as many as are at a time");
            }
            Optional<String> full = attempt(peer, request, sink);
            while (full.isPresent()) {
                waiting.because(full.get());
                Thread.sleep(LOOK);
                full = attempt(peer, request, sink);
            }
        }
    }

    /** Reads; if the peer has no place for another reader, nothing came, and it is said how the peer put it. */
    private Optional<String> attempt(String peer, Slice request, RestoreSink sink)
            throws IOException, InterruptedException {
        boolean begun = false;
        try (Channel channel = streams.open(peer, ChannelKind.READ, request);
                SnapshotAssembly assembly = new SnapshotAssembly(peer, sink)) {
            for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
                begun = true;
                Slice bytes = next.get();
                if (assembly.take(Payloads.parse(ReadReply.parser(), bytes))) {
                    return Optional.empty();
                }
                channel.recycle(bytes);
            }
        } catch (ChannelResetException e) {
            if (begun || !e.byPeer() || e.code() != ResetCode.LIMIT) {
                throw e;
            }
            return Optional.of(e.reason());
        }
        throw new IOException(peer + " ended the snapshot before its end");
    }
}
