package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** A target that takes nothing more once somebody asked for the end. */
final class UntilCancelled implements SnapshotTarget {

    /** Throws once nothing more is to be taken. */
    interface Check {
        void check() throws IOException;
    }

    private final SnapshotTarget target;
    private final Check check;

    UntilCancelled(SnapshotTarget target, Check check) {
        this.target = target;
        this.check = check;
    }

    @Override
    public BlockPool.Block block() throws IOException, InterruptedException {
        check.check();
        return target.block();
    }

    @Override
    public void offer(ChunkOffer chunk) throws IOException, InterruptedException {
        check.check();
        target.offer(chunk);
    }

    @Override
    public void offerUnchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named)
            throws IOException, InterruptedException {
        check.check();
        target.offerUnchanged(leaf, bytes, named);
    }

    @Override
    public String commit(ManifestRoot root, Instant created, String label) throws IOException, InterruptedException {
        check.check();
        return target.commit(root, created, label);
    }

    @Override
    public void close() {
        target.close();
    }
}
