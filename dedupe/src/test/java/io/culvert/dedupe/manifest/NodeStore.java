package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Manifest nodes in memory, and what was read of them. */
final class NodeStore implements ChunkSource {

    private final Map<ChunkRef, byte[]> nodes = new HashMap<>();
    private final List<ChunkRef> leaves = new ArrayList<>();
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private long addedBytes;
    private long reads;

    /** A writer whose nodes are kept here. */
    ManifestWriter writer() {
        return new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
            if (isLeaf) {
                leaves.add(node);
            }
            put(node, bytes.toArray());
        });
    }

    private void put(ChunkRef node, byte[] bytes) {
        if (nodes.put(node, bytes) == null) {
            addedBytes += bytes.length;
        }
    }

    /** Takes bytes as a node, whatever they are. */
    ChunkRef put(byte[] bytes) {
        ChunkRef node = new ChunkRef(fingerprinter.of(bytes, 0, bytes.length), bytes.length);
        put(node, bytes);
        return node;
    }

    ManifestRoot write(List<ManifestRecord> records) throws IOException {
        ManifestWriter writer = writer();
        for (ManifestRecord record : records) {
            switch (record) {
                case Entry entry -> writer.entry(entry);
                case Extents extents -> {
                    for (Extent extent : extents.list()) {
                        writer.extent(extent);
                    }
                }
            }
        }
        return writer.finish();
    }

    byte[] bytes(ChunkRef node) {
        byte[] bytes = nodes.get(node);
        if (bytes == null) {
            throw new IllegalArgumentException("no node " + node);
        }
        return bytes;
    }

    /** Every leaf in the order they were written. */
    List<ChunkRef> leaves() {
        return leaves;
    }

    int count() {
        return nodes.size();
    }

    long addedBytes() {
        return addedBytes;
    }

    long reads() {
        return reads;
    }

    @Override
    public void read(List<ChunkRef> chunks, ChunkSink sink) throws IOException {
        for (int i = 0; i < chunks.size(); i++) {
            byte[] bytes = nodes.get(chunks.get(i));
            if (bytes == null) {
                throw new CorruptChunkException("no chunk " + chunks.get(i));
            }
            reads++;
            sink.accept(i, chunks.get(i), Slice.of(bytes));
        }
    }

    /** All records, with consecutive extents put together as they were written. */
    List<ManifestRecord> readAll(ManifestRoot root) throws IOException {
        TestTrees.Joined joined = new TestTrees.Joined();
        new ManifestReader(this, root).records(joined::add);
        return joined.records();
    }
}
