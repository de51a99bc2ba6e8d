package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import java.nio.ByteBuffer;
import java.util.List;

/** What stands for the compressed bytes of chunks: a number for each, and then some. */
final class ModelPayload {

    private ModelPayload() {}

    static ByteString of(List<ChunkRef> refs, int more) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * refs.size() + more);
        refs.forEach(ref -> bytes.putLong(ref.fingerprint().w1()));
        return ByteString.copyFrom(bytes.clear());
    }

    /** What a receiver does by hashing: that these are the chunks. */
    static void verify(List<ChunkRef> refs, ByteString payload) {
        ByteBuffer bytes = payload.asReadOnlyByteBuffer();
        for (ChunkRef ref : refs) {
            if (bytes.getLong() != ref.fingerprint().w1()) {
                throw new IllegalStateException("the payload is not that of " + refs);
            }
        }
    }
}
