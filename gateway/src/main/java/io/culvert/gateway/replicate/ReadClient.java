package io.culvert.gateway.replicate;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads a snapshot back from a peer. */
final class ReadClient {

    private final Channel channel;
    private final RestoreSink sink;

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
     * @throws io.culvert.dedupe.chunk.CorruptChunkException if what came is not what the manifest says
     */
    void run() throws IOException, InterruptedException {
        try (SnapshotAssembly assembly = new SnapshotAssembly(channel.peer(), sink)) {
            for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
                Slice bytes = next.get();
                if (assembly.take(Payloads.parse(ReadReply.parser(), bytes))) {
                    return;
                }
                channel.recycle(bytes);
            }
        }
        throw new IOException(channel.peer() + " ended the snapshot before its end");
    }
}
