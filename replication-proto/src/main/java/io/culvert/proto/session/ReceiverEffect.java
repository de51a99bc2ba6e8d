package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.ReceiverMessage;
import java.util.List;

/** What the runner of a {@link ReceiverSession} has to do. */
public sealed interface ReceiverEffect {

    /** Send the message on the channel. */
    record Send(ReceiverMessage message) implements ReceiverEffect {}

    /** Check grant, pool and fence; answer with {@link ReceiverSession#accept} or {@link ReceiverSession#refuse}. */
    record Check(Begin begin) implements ReceiverEffect {}

    /** Find out which chunks are missing; answer with {@link ReceiverSession#lookedUp}. */
    record Lookup(long first, List<ChunkRef> refs, boolean closure) implements ReceiverEffect {
        public Lookup {
            refs = List.copyOf(refs);
        }
    }

    /** Verify that the payload is these chunks and append it; answer with {@link ReceiverSession#forced} when durable. */
    record Store(List<ChunkRef> refs, int codec, ByteString payload) implements ReceiverEffect {
        public Store {
            refs = List.copyOf(refs);
        }
    }

    /** Check that the manifest is complete and make it visible; answer with {@link ReceiverSession#published}. */
    record Publish(Commit commit) implements ReceiverEffect {}
}
