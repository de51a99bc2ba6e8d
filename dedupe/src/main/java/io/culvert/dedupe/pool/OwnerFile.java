package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@link OwnerRecord} on the disk, twice: one copy may be damaged. */
final class OwnerFile {

    private final Disk disk;
    private final AtomicFile files;
    private final List<Path> copies;

    OwnerFile(Disk disk, AtomicFile files, PoolLayout layout) {
        this.disk = disk;
        this.files = files;
        this.copies = List.of(layout.root().resolve("owner-0"), layout.root().resolve("owner-1"));
    }

    /** @throws IOException if it cannot be known who was last to open the pool */
    OwnerRecord load() throws IOException {
        OwnerRecord newest = OwnerRecord.NONE;
        List<String> damaged = new ArrayList<>();
        for (Path copy : copies) {
            if (disk.exists(copy)) {
                try {
                    OwnerRecord read =
                            OwnerRecord.decode(files.read(copy, OwnerRecord.MAX_BYTES), String.valueOf(copy));
                    newest = read.sequence() > newest.sequence() ? read : newest;
                } catch (CorruptChunkException damage) {
                    damaged.add(damage.getMessage());
                }
            }
        }
        if (newest.isNone() && !damaged.isEmpty()) {
            throw new IOException("who has it open is not known: " + String.join(", ", damaged)
                    + "; delete owner-0 and owner-1 there if no gateway has it open");
        }
        return newest;
    }

    /** Durable when it returns. */
    void store(OwnerRecord record) throws IOException {
        for (Path copy : copies) {
            files.write(copy, record.encode());
        }
    }
}
