package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.Pool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/** Passes a snapshot of a pool here on to a target: its manifest as it is, and the chunks that the target lacks. */
final class StoredSource {

    private final Pool pool;
    private final ManifestRoot root;
    private final SnapshotTarget target;
    private final Progress progress;

    StoredSource(Pool pool, ManifestRoot root, SnapshotTarget target, Progress progress) {
        this.pool = pool;
        this.root = root;
        this.target = target;
        this.progress = progress;
    }

    /** Offers everything below the root. */
    ManifestRoot read() throws IOException {
        progress.entries.add(root.entries());
        List<ChunkRef> nodes = new ArrayList<>();
        List<ChunkRef> leaves = new ArrayList<>();
        new ManifestReader(pool, root)
                .leaves(
                        (node, level) -> {
                            (level == 0 ? leaves : nodes).add(node);
                            return true;
                        },
                        leaf -> leaf(leaves.removeFirst(), leaf));
        for (ChunkRef node : nodes) {
            offer(new ChunkOffer.Known(node, this::reread));
        }
        progress.sourceBytes.add(root.sourceBytes());
        return root;
    }

    private void leaf(ChunkRef node, Slice bytes) throws IOException {
        List<ChunkOffer.Known> named = RestoreLeaf.of(bytes).named().stream()
                .map(chunk -> new ChunkOffer.Known(chunk, this::reread))
                .toList();
        try {
            target.offerUnchanged(node, bytes, named);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void offer(ChunkOffer offer) throws IOException {
        try {
            target.offer(offer);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the attempt was interrupted");
    }

    private Slice reread(ChunkRef ref) throws IOException {
        List<Slice> read = new ArrayList<>(1);
        pool.read(List.of(ref), (index, chunk, data) -> read.add(Slice.of(data.toArray())));
        return read.getFirst();
    }
}
