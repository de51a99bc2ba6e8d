package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings the chunks of one {@link ReadWindow} into order while verified segments come in any. What is due is handed on
 * from the segment itself; what is due later, or once more, is copied and kept until then.
 */
final class WindowAssembly {

    /** A chunk of the window: how often it is still due, and its bytes if they came. */
    private static final class Awaited {
        private int due;
        private @Nullable Slice bytes;
    }

    private final List<ChunkRef> window;
    private final InOrder.Order order;
    private final Map<Fingerprint, Awaited> awaited = new HashMap<>();
    private int next;

    WindowAssembly(List<ChunkRef> window, InOrder.Order order) {
        this.window = window;
        this.order = order;
        for (ChunkRef chunk : window) {
            awaited.computeIfAbsent(chunk.fingerprint(), unused -> new Awaited()).due++;
        }
    }

    boolean isComplete() {
        return next == window.size();
    }

    /**
     * Takes a segment.
     *
     * @throws CorruptChunkException if it brings nothing that this window lacks, or a chunk of another length than it says
     */
    void add(VerifiedSegment segment) throws IOException {
        boolean useful = false;
        for (int i = 0; i < segment.chunks().size(); i++) {
            ChunkRef chunk = segment.chunks().get(i);
            Awaited wanted = awaited.get(chunk.fingerprint());
            if (wanted != null && wanted.bytes == null) {
                useful = true;
                wanted.bytes = segment.chunk(i);
                handOn();
                Slice left = wanted.bytes;
                if (left != null) {
                    wanted.bytes = Slice.of(left.toArray());
                }
            }
        }
        if (!useful) {
            throw new CorruptChunkException("a segment brought nothing that is due in its window");
        }
    }

    private void handOn() throws IOException {
        while (!isComplete()) {
            ChunkRef due = window.get(next);
            Awaited head = awaited.get(due.fingerprint());
            if (head == null) {
                throw new IllegalStateException("a chunk of the window must be awaited");
            }
            Slice bytes = head.bytes;
            if (bytes == null) {
                return;
            }
            if (bytes.length() != due.lengthBytes()) {
                throw new CorruptChunkException("chunk " + due + " came with " + bytes.length() + " bytes");
            }
            order.data(due, bytes);
            next++;
            if (--head.due == 0) {
                awaited.remove(due.fingerprint());
                head.bytes = null;
            }
        }
    }
}
