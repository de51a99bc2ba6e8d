package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Puts the data of leaves behind each leaf: the order that a {@link RestoreSink} is promised. */
final class InOrder implements LeafBatches {

    private final ChunkSource source;
    private final RestoreSink sink;

    /** @param source hands the data out, checked */
    InOrder(ChunkSource source, RestoreSink sink) {
        this.source = source;
        this.sink = sink;
    }

    @Override
    public void batch(List<RestoreLeaf> leaves) throws IOException {
        List<ChunkRef> named = new ArrayList<>();
        leaves.forEach(leaf -> named.addAll(leaf.named()));
        Order order = new Order(leaves, sink);
        source.read(named, (index, chunk, data) -> order.data(chunk, data));
        order.rest();
    }

    @Override
    public void end() throws IOException {
        sink.end();
    }

    /** Puts each leaf before the first of its data. */
    static final class Order {
        private final Iterator<RestoreLeaf> leaves;
        private final RestoreSink sink;
        private int due;

        Order(List<RestoreLeaf> leaves, RestoreSink sink) {
            this.leaves = leaves.iterator();
            this.sink = sink;
        }

        /** The next of all chunks that the leaves name. */
        void data(ChunkRef chunk, Slice data) throws IOException {
            while (due == 0) {
                leaf();
            }
            due--;
            sink.data(chunk, data);
        }

        private void leaf() throws IOException {
            RestoreLeaf leaf = leaves.next();
            due = leaf.named().size();
            sink.leaf(leaf.bytes());
        }

        /** All data came: the leaves at the end that name none. */
        void rest() throws IOException {
            while (leaves.hasNext()) {
                leaf();
            }
        }
    }
}
