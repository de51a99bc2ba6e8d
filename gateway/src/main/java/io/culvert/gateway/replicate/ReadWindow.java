package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import java.util.ArrayList;
import java.util.List;

/**
 * How the chunks of a batch of leaves are divided for the way to a peer that reads a snapshot back: into windows of as many
 * chunks, in order and with repetitions, as {@value #BYTES} bytes hold, at least one.
 *
 * <p>Both ends divide alike. Within a window segments come in whatever order and with whatever else is in them; the reader
 * keeps what the window names until it is over, and so never holds more than a window and a segment.
 */
final class ReadWindow {

    static final int BYTES = 16 << 20;

    private ReadWindow() {}

    /** The windows of the chunks that these leaves name. */
    static List<List<ChunkRef>> divide(List<RestoreLeaf> leaves) {
        List<List<ChunkRef>> windows = new ArrayList<>();
        List<ChunkRef> window = new ArrayList<>();
        long bytes = 0;
        for (RestoreLeaf leaf : leaves) {
            for (ChunkRef chunk : leaf.named()) {
                if (bytes + chunk.lengthBytes() > BYTES) {
                    windows.add(List.copyOf(window));
                    window.clear();
                    bytes = 0;
                }
                window.add(chunk);
                bytes += chunk.lengthBytes();
            }
        }
        if (!window.isEmpty()) {
            windows.add(List.copyOf(window));
        }
        return windows;
    }
}
