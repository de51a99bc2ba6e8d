package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Access;
import io.culvert.dedupe.manifest.Entry.Stamp;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Entries as a manifest would have them, owned by whoever runs the test. */
final class Entries {

    static final Timestamp TIME = new Timestamp(1_700_000_000, 123_456_789);

    private Entries() {}

    static Entry directory(String path) {
        return of(path, EntryType.DIRECTORY, 0755, 0, 0, "");
    }

    static Entry file(String path, long sizeBytes) {
        return of(path, EntryType.FILE, 0644, sizeBytes, 0, "");
    }

    static Entry symlink(String path, String target) {
        return of(path, EntryType.SYMLINK, 0777, 0, 0, target);
    }

    static Entry hardLink(String path, String first) {
        return of(path, EntryType.HARD_LINK, 0644, 0, 0, first);
    }

    static Entry device(String path, long number) {
        return of(path, EntryType.BLOCK_DEVICE, 0666, 0, number, "");
    }

    static Entry of(String path, EntryType type, int mode, long sizeBytes, long device, String target) {
        return new Entry(
                PathBytes.of(path),
                type,
                new Access(mode, OwnerNames.effectiveUid(), OwnerNames.effectiveUid(), "", ""),
                new Stamp(sizeBytes, TIME, TIME, 1),
                device,
                Slice.of(target.getBytes(StandardCharsets.UTF_8)),
                List.of());
    }
}
