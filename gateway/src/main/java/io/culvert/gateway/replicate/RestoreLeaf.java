package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest leaf of a snapshot that is read back, and the chunks that its extents name, in order, holes left out.
 *
 * @param bytes its own; nobody else writes to them
 */
record RestoreLeaf(Slice bytes, List<ChunkRef> named) {

    RestoreLeaf {
        named = List.copyOf(named);
    }

    /** The leaf of these bytes, which are checked as records. */
    static RestoreLeaf of(Slice bytes) throws IOException {
        List<ChunkRef> named = new ArrayList<>();
        for (ManifestRecord record : ManifestReader.records(bytes)) {
            if (record instanceof Extents extents) {
                for (Extent extent : extents.list()) {
                    if (extent instanceof Extent.Data data) {
                        named.add(data.chunk());
                    }
                }
            }
        }
        return new RestoreLeaf(bytes, named);
    }
}
