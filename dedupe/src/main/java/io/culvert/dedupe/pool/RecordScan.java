package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks the records of a container from one offset to another, and over what is damaged between them.
 *
 * <p>A damaged record whose header is sound is skipped by its length; otherwise the next sound header is looked for. A
 * payload may be made to hold something that looks like a header, so what is found that way says so, and its reader hashes
 * it before he believes it.
 */
final class RecordScan {

    /** One step of the walk. */
    sealed interface Step {
        int fromBytes();

        long endBytes();
    }

    /** @param payload null unless payloads were asked for */
    record Sound(StoredRecord record, byte @Nullable [] payload, boolean foundBySearch) implements Step {
        @Override
        public int fromBytes() {
            return record.header().offsetBytes();
        }

        @Override
        public long endBytes() {
            return record.header().endBytes();
        }
    }

    /** @param record the chunk table, if it is sound and only the payload is damaged */
    record Damaged(int fromBytes, long endBytes, String reason, Optional<StoredRecord> record) implements Step {}

    private final ContainerReader reader;
    private final long endBytes;
    private final boolean withPayloads;
    private long at;
    private long forcedBytes;
    private boolean searched;

    RecordScan(ContainerReader reader, long fromBytes, long endBytes, boolean withPayloads) {
        this.reader = reader;
        this.at = fromBytes;
        this.endBytes = endBytes;
        this.withPayloads = withPayloads;
    }

    /** How much of the container was durable, as far as the headers seen so far know. */
    long forcedBytes() {
        return forcedBytes;
    }

    /** The next record or damage; null at the end. */
    @Nullable
    Step next() throws IOException {
        if (at >= endBytes) {
            return null;
        }
        Optional<RecordHeader> header = reader.header(at);
        header.ifPresent(sound -> forcedBytes = Math.max(forcedBytes, sound.forcedBytes()));
        Step step = header.isPresent() && header.get().endBytes() <= endBytes
                ? record(header.get())
                : new Damaged((int) at, reader.nextHeader(at, endBytes), "no sound segment record", Optional.empty());
        searched = searched || header.isEmpty();
        at = step.endBytes();
        return step;
    }

    private Step record(RecordHeader header) throws IOException {
        StoredRecord record;
        try {
            record = reader.record(header);
        } catch (CorruptChunkException damage) {
            return new Damaged(header.offsetBytes(), header.endBytes(), "the chunk table is damaged", Optional.empty());
        }
        try {
            byte[] payload = withPayloads ? reader.payload(header) : null;
            return new Sound(record, payload, searched);
        } catch (CorruptChunkException damage) {
            return new Damaged(
                    header.offsetBytes(),
                    header.endBytes(),
                    "the payload does not match its checksum",
                    Optional.of(record));
        }
    }

    /** What a damaged step costs: one damage per chunk if they are known, else one for the range. */
    static List<Damage> damages(String file, Damaged step) {
        return step.record()
                .map(record -> record.chunks().stream()
                        .map(chunk ->
                                new Damage(file, step.fromBytes(), Optional.of(chunk.fingerprint()), step.reason()))
                        .toList())
                .orElseGet(() -> List.of(new Damage(
                        file,
                        step.fromBytes(),
                        Optional.empty(),
                        step.reason() + " in " + (step.endBytes() - step.fromBytes()) + " bytes")));
    }
}
