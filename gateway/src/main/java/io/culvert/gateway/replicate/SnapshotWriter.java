package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.ManifestWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the manifest of a snapshot to its target as the source is walked.
 *
 * <p>A leaf of which every entry is as it was is offered as unchanged; in any other leaf the chunks of unchanged files
 * are offered one by one, to be read again should the target lack them.
 */
final class SnapshotWriter {

    /** Takes each leaf, for the next scan to compare with. */
    @FunctionalInterface
    interface LeafSink {
        void leaf(Slice bytes) throws IOException;
    }

    private final SnapshotTarget target;
    private final LeafSink leaves;
    private final Progress progress;
    private final ManifestWriter manifest;
    private List<ChunkOffer.Known> known = new ArrayList<>();
    private boolean unchanged = true;

    SnapshotWriter(SnapshotTarget target, Fingerprinter fingerprinter, LeafSink leaves, Progress progress) {
        this.target = target;
        this.leaves = leaves;
        this.progress = progress;
        this.manifest = new ManifestWriter(fingerprinter, this::node);
    }

    /** Adds an entry that is new or changed, with the extents of its data, whose chunks were offered before. */
    void fresh(Entry entry, ExtentSpool extents) throws IOException, InterruptedException {
        unchanged = false;
        count(entry);
        manifest.entry(entry);
        extents.replay(manifest::extent);
        unchanged = false;
    }

    /** Adds an entry without data that is new or changed. */
    void fresh(Entry entry) throws IOException {
        unchanged = false;
        count(entry);
        manifest.entry(entry);
    }

    /** Adds an entry that is as it was, whose chunks {@code reread} can bring by their offsets. */
    void asBefore(Entry entry, List<Extent> extents, RereadAt reread) throws IOException {
        count(entry);
        manifest.entry(entry);
        long offset = 0;
        for (Extent extent : extents) {
            if (extent instanceof Extent.Data data) {
                long at = offset;
                known.add(new ChunkOffer.Known(data.chunk(), ref -> reread.read(ref, at)));
            }
            manifest.extent(extent);
            offset += extent.lengthBytes();
        }
    }

    /** Reads a chunk of an unchanged file once more. */
    @FunctionalInterface
    interface RereadAt {
        Slice read(ChunkRef ref, long offsetBytes) throws IOException;
    }

    private void count(Entry entry) {
        progress.entries.increment();
        progress.sourceBytes.add(entry.stamp().sizeBytes());
        progress.fileBytes(0);
    }

    ManifestRoot finish() throws IOException {
        return manifest.finish();
    }

    private void node(ChunkRef node, Slice bytes, boolean isLeaf) throws IOException {
        try {
            if (!isLeaf) {
                target.offer(new ChunkOffer.Owned(node, Slice.of(bytes.toArray())));
                return;
            }
            leaves.leaf(bytes);
            if (unchanged) {
                target.offerUnchanged(node, bytes, known);
            } else {
                for (ChunkOffer.Known chunk : known) {
                    target.offer(chunk);
                }
                target.offer(new ChunkOffer.Owned(node, Slice.of(bytes.toArray())));
            }
            known = new ArrayList<>();
            unchanged = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the attempt was interrupted");
        }
    }
}
