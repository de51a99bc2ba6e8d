package io.culvert.dedupe.manifest;

import java.util.List;

/** Consecutive extents of the file entry that came last. */
public record Extents(List<Extent> list) implements ManifestRecord {
    public Extents {
        list = List.copyOf(list);
    }
}
