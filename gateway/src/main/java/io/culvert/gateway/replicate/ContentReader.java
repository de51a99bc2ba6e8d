package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Chunker;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.tree.Piece;
import io.culvert.dedupe.tree.SourceData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data of files into blocks, cuts it into chunks, names them and offers them to the target.
 *
 * <p>Small files share a block. Data on either side of a hole is cut apart, so that a chunk never spans one.
 */
final class ContentReader implements AutoCloseable {

    /** Room below which a block is not begun for a further read. */
    private static final int LEAST_ROOM_BYTES = 64 * 1024;

    private final SnapshotTarget target;
    private final Fingerprinter fingerprinter;
    private final Chunker chunker;
    private final int maxChunkBytes;
    private final Progress progress;
    private BlockPool.@Nullable Block block;
    private int start;
    private int end;

    ContentReader(SnapshotTarget target, Fingerprinter fingerprinter, ChunkSizes sizes, Progress progress) {
        this.target = target;
        this.fingerprinter = fingerprinter;
        this.chunker = Chunker.of(sizes);
        this.maxChunkBytes = sizes.maxBytes();
        this.progress = progress;
    }

    /** Reads the source to its end and notes its extents. */
    void read(SourceData source, ExtentSpool extents) throws IOException, InterruptedException {
        start = end;
        long fileBytes = 0;
        boolean more = true;
        while (more) {
            BlockPool.Block into = room();
            Piece piece = source.next(into.bytes(), end, BlockPool.BLOCK_BYTES - end);
            switch (piece) {
                case Piece.Data data -> {
                    end += data.lengthBytes();
                    progress.readBytes.add(data.lengthBytes());
                    fileBytes += data.lengthBytes();
                    progress.fileBytes(fileBytes);
                    cut(into, extents, maxChunkBytes);
                }
                case Piece.Hole hole -> {
                    cut(into, extents, 1);
                    extents.hole(hole.lengthBytes());
                    fileBytes += hole.lengthBytes();
                }
                case Piece.End ended -> {
                    cut(into, extents, 1);
                    more = false;
                }
            }
        }
    }

    /** Cuts chunks off while at least {@code leastBytes} are there. */
    private void cut(BlockPool.Block in, ExtentSpool extents, int leastBytes) throws IOException, InterruptedException {
        while (end - start >= leastBytes) {
            int to = chunker.cut(in.bytes(), start, end);
            ChunkRef ref = new ChunkRef(fingerprinter.of(in.bytes(), start, to - start), to - start);
            in.hold();
            target.offer(new ChunkOffer.Fresh(ref, in.slice(start, to - start), in));
            extents.data(ref);
            start = to;
        }
    }

    /** The present block, or a new one to which what is not cut yet was carried over. */
    private BlockPool.Block room() throws IOException, InterruptedException {
        BlockPool.Block old = block;
        if (old != null && BlockPool.BLOCK_BYTES - end >= LEAST_ROOM_BYTES) {
            return old;
        }
        BlockPool.Block fresh = target.block();
        int carried = 0;
        if (old != null) {
            carried = end - start;
            System.arraycopy(old.bytes(), start, fresh.bytes(), 0, carried);
            old.letGo();
        }
        block = fresh;
        start = 0;
        end = carried;
        return fresh;
    }

    @Override
    public void close() {
        if (block != null) {
            block.letGo();
            block = null;
        }
    }
}
