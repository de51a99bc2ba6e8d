package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Snapshots in memory, made entry by entry. */
final class Snapshots implements ChunkSource {

    private final Map<ChunkRef, byte[]> chunks = new HashMap<>();
    private final List<byte[]> leaves = new ArrayList<>();
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private final ManifestWriter writer = new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
        chunks.put(node, bytes.toArray());
        if (isLeaf) {
            leaves.add(bytes.toArray());
        }
    });

    static Entry entry(String path, EntryType type, long sizeBytes, String target) {
        Entry.Timestamp time = new Entry.Timestamp(1_700_000_000, 0);
        return new Entry(
                PathBytes.of(path),
                type,
                new Entry.Access(0644, 0, 0, "", ""),
                new Entry.Stamp(sizeBytes, time, time, 1),
                0,
                Slice.of(target.getBytes(StandardCharsets.UTF_8)),
                List.of());
    }

    Snapshots directory(String path) throws IOException {
        writer.entry(entry(path, EntryType.DIRECTORY, 0, ""));
        return this;
    }

    /** A file whose data is the texts, a chunk each. */
    Snapshots file(String path, String... texts) throws IOException {
        List<ChunkRef> refs = new ArrayList<>();
        for (String text : texts) {
            refs.add(chunk(text));
        }
        writer.entry(entry(
                path,
                EntryType.FILE,
                refs.stream().mapToLong(ChunkRef::lengthBytes).sum(),
                ""));
        for (ChunkRef ref : refs) {
            writer.extent(new Extent.Data(ref));
        }
        return this;
    }

    Snapshots link(String path, EntryType type, String target) throws IOException {
        writer.entry(entry(path, type, 0, target));
        return this;
    }

    ChunkRef chunk(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ChunkRef ref = new ChunkRef(fingerprinter.of(bytes, 0, bytes.length), bytes.length);
        chunks.put(ref, bytes);
        return ref;
    }

    ManifestRoot finish() throws IOException {
        return writer.finish();
    }

    List<byte[]> leaves() {
        return leaves;
    }

    @Override
    public void read(List<ChunkRef> refs, ChunkSink sink) throws IOException {
        for (int i = 0; i < refs.size(); i++) {
            byte[] bytes = chunks.get(refs.get(i));
            if (bytes == null) {
                throw new CorruptChunkException("no chunk " + refs.get(i));
            }
            sink.accept(i, refs.get(i), Slice.of(bytes));
        }
    }
}
