package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.pool.ClosureProof;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolWriter;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.proto.session.SessionLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pool of this site: what is missing in it is packed and appended; forced before the snapshot becomes visible. */
final class PoolTarget implements SnapshotTarget {

    /** Makes the record of the snapshot once its manifest is known. */
    interface SnapshotMaker {
        Snapshot make(ManifestRoot root, Instant created, String label);
    }

    /** Makes it visible. */
    private interface Publication {
        void publish(Snapshot snapshot, ClosureProof proof) throws IOException;
    }

    private final Pool pool;
    private final PoolWriter writer;
    private final String origin;
    private final BlockPool blocks;
    private final Progress progress;
    private final SnapshotMaker maker;
    private final Publication publication;
    private final SegmentPacker packer;
    private final SegmentVerifier verifier = new SegmentVerifier();
    private final RecentChunks recent = new RecentChunks();

    PoolTarget(
            Pool pool, String origin, BlockPool blocks, SegmentEncoder encoder, Progress progress, SnapshotMaker maker)
            throws IOException {
        this(pool, origin, blocks, encoder, progress, maker, pool.snapshots()::publish);
    }

    /** For a snapshot that another pool of the site holds: it is the same here. */
    static PoolTarget adopting(
            Pool pool, Snapshot snapshot, BlockPool blocks, SegmentEncoder encoder, Progress progress)
            throws IOException {
        return new PoolTarget(
                pool,
                Origin.of(snapshot),
                blocks,
                encoder,
                progress,
                (root, created, label) -> snapshot,
                pool.snapshots()::adopt);
    }

    private PoolTarget(
            Pool pool,
            String origin,
            BlockPool blocks,
            SegmentEncoder encoder,
            Progress progress,
            SnapshotMaker maker,
            Publication publication)
            throws IOException {
        this.pool = pool;
        this.writer = pool.writer();
        this.origin = origin;
        this.blocks = blocks;
        this.progress = progress;
        this.maker = maker;
        this.publication = publication;
        this.packer = new SegmentPacker(encoder, SessionLimits.MAX_REFS, this::append);
    }

    @Override
    public BlockPool.Block block() throws InterruptedException {
        BlockPool.@Nullable Block block = blocks.poll();
        while (block == null) {
            block = blocks.take(Duration.ofSeconds(1));
        }
        return block;
    }

    @Override
    public void offer(ChunkOffer chunk) throws IOException, InterruptedException {
        progress.chunks.increment();
        if (!recent.add(chunk.ref().fingerprint()) || pool.contains(chunk.ref().fingerprint())) {
            chunk.letGo();
            return;
        }
        progress.newChunks.increment();
        progress.newBytes.add(chunk.ref().lengthBytes());
        packer.add(0, chunk);
    }

    @Override
    public void offerUnchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named)
            throws IOException, InterruptedException {
        for (ChunkOffer.Known chunk : named) {
            offer(chunk);
        }
        offer(new ChunkOffer.Owned(leaf, Slice.of(bytes.toArray())));
    }

    private void append(List<SegmentPacker.Packed> chunks, Segment segment) throws IOException {
        writer.append(
                verifier.verify(
                        segment,
                        chunks.stream()
                                .map(packed -> packed.ref().fingerprint())
                                .toList()),
                origin);
        progress.storedBytes.add(segment.payload().length());
    }

    @Override
    public String commit(ManifestRoot root, Instant created, String label) throws IOException, InterruptedException {
        packer.flush();
        writer.force();
        Snapshot snapshot = maker.make(root, created, label);
        var proof = pool.proveClosure(root.node(), from -> new Closure(pool).check(root));
        publication.publish(snapshot, proof);
        return snapshot.id();
    }

    @Override
    public void close() {
        packer.close();
        verifier.close();
    }
}
