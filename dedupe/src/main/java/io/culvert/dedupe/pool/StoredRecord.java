package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import java.util.List;

/** A segment record's header and chunk table as read back, both checked; the payload is read apart. */
record StoredRecord(RecordHeader header, String attempt, List<ChunkRef> chunks) {

    StoredRecord {
        chunks = List.copyOf(chunks);
    }
}
