package io.culvert.gateway.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the records of an embedded store's log amount to. One thread at a time. */
final class LogContents {
    private final TreeMap<String, StoredCheckpoint> checkpoints = new TreeMap<>();
    private final Ends ends = new Ends();
    private long epoch;
    private @Nullable StoreMark mark;

    /** Takes one more record in; the oldest first. */
    void apply(LogRecord record) throws IOException {
        ByteBuffer body = record.body();
        switch (record.kind()) {
            case OPENED -> {
                epoch = body.getLong();
                mark = null;
            }
            case CLAIMED -> {} // its process is gone; the revision alone matters
            case WRITTEN -> {
                for (StoredCheckpoint stored : WrittenBody.decode(body)) {
                    put(stored);
                }
            }
            case DELETED ->
                checkpoints.remove(StandardCharsets.UTF_8.decode(body).toString());
            case ENDED -> ends.add(EndedCodec.decode(bytes(body)));
            case MARKED -> mark = decodeMark(bytes(body));
        }
    }

    private static byte[] bytes(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    void put(StoredCheckpoint stored) {
        checkpoints.put(stored.checkpoint().job().id(), stored);
    }

    /** By job id. */
    TreeMap<String, StoredCheckpoint> checkpoints() {
        return checkpoints;
    }

    Ends ends() {
        return ends;
    }

    /** 0 if the log was new. */
    long epoch() {
        return epoch;
    }

    void begin(long next) {
        epoch = next;
        mark = null;
    }

    Optional<StoreMark> mark() {
        return Optional.ofNullable(mark);
    }

    void mark(StoreMark next) {
        mark = next;
    }

    /** All of it as the records of a log that begins anew after this revision. */
    List<LogRecord> records(long revision) {
        List<LogRecord> alive = new ArrayList<>();
        alive.add(new LogRecord(++revision, LogRecord.Kind.OPENED, openedBody(epoch)));
        if (mark != null) {
            alive.add(new LogRecord(++revision, LogRecord.Kind.MARKED, encode(mark)));
        }
        List<StoredCheckpoint> all = List.copyOf(checkpoints.values());
        int size = CheckpointStore.MAX_BATCH;
        for (int from = 0; from < all.size(); from += size) {
            List<StoredCheckpoint> batch = all.subList(from, Math.min(all.size(), from + size));
            alive.add(new LogRecord(++revision, LogRecord.Kind.WRITTEN, WrittenBody.encode(batch)));
        }
        for (EndedJob ended : ends.newestFirst().reversed()) {
            alive.add(new LogRecord(++revision, LogRecord.Kind.ENDED, EndedCodec.encode(ended)));
        }
        return alive;
    }

    static byte[] openedBody(long epoch) {
        return ByteBuffer.allocate(Long.BYTES).putLong(epoch).array();
    }

    static byte[] encode(StoreMark mark) {
        var bytes = new ByteArrayOutputStream();
        try {
            mark.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("a write to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private static StoreMark decodeMark(byte[] body) throws CorruptCheckpointException {
        try {
            return StoreMark.read(new DataInputStream(new ByteArrayInputStream(body)));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new CorruptCheckpointException("the mark of a migration", "a field is out of its range (" + e + ")");
        }
    }
}
