package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a checkpoint: the body of a {@link Sealed#CHECKPOINT}. Texts are a 2-byte length and modified UTF-8,
 * instants 8 bytes of seconds and 4 of nanoseconds.
 *
 * <pre>
 *   8 fence epoch    8 fence revision    8 sequence    16 operation
 *   text job id      text dataset        text peer     text pool
 *   text attempt     1 state             text reason   text snapshot id (empty: none)
 *   12 started       12 updated          8 acknowledged bytes
 *   1 number of counters, each: text name, 8 count
 *   text newest replica  12 its creation                  (only if there is one)
 * </pre>
 */
final class CheckpointCodec {
    private CheckpointCodec() {}

    static byte[] encode(StoredCheckpoint stored) {
        byte[] sealed = Sealed.CHECKPOINT.seal(out -> write(out, stored));
        if (sealed.length > Checkpoint.MAX_STORED_BYTES) {
            throw new IllegalArgumentException(
                    "a stored checkpoint must be <= " + Checkpoint.MAX_STORED_BYTES + " bytes, was " + sealed.length);
        }
        return sealed;
    }

    /** Reads the checkpoint that is kept in the place of this job; another job's is corrupt there. */
    static StoredCheckpoint decode(String jobId, byte[] sealed) throws CorruptCheckpointException {
        StoredCheckpoint stored = Sealed.CHECKPOINT.open("job " + jobId, sealed, CheckpointCodec::read);
        String named = stored.checkpoint().job().id();
        if (!named.equals(jobId)) {
            throw new CorruptCheckpointException("the checkpoint of job " + jobId, "it is the one of job " + named);
        }
        return stored;
    }

    private static void write(DataOutputStream out, StoredCheckpoint stored) throws IOException {
        out.writeLong(stored.fence().epoch());
        out.writeLong(stored.fence().revision());
        out.writeLong(stored.sequence());
        out.writeLong(stored.operation().getMostSignificantBits());
        out.writeLong(stored.operation().getLeastSignificantBits());
        write(out, stored.checkpoint());
    }

    static void write(DataOutputStream out, Checkpoint checkpoint) throws IOException {
        out.writeUTF(checkpoint.job().id());
        out.writeUTF(checkpoint.job().dataset());
        out.writeUTF(checkpoint.job().peer());
        out.writeUTF(checkpoint.job().pool());
        out.writeUTF(checkpoint.attempt());
        writeState(out, checkpoint.state());
        String snapshotId = checkpoint.snapshotId();
        out.writeUTF(snapshotId == null ? "" : snapshotId);
        Sealed.writeInstant(out, checkpoint.startedAt());
        Sealed.writeInstant(out, checkpoint.updatedAt());
        out.writeLong(checkpoint.progress().acknowledgedBytes());
        out.writeByte(checkpoint.progress().counters().size());
        for (Map.Entry<String, Long> counter : checkpoint.progress().counters().entrySet()) {
            out.writeUTF(counter.getKey());
            out.writeLong(counter.getValue());
        }
        Replica newest = checkpoint.newest();
        if (newest != null) {
            out.writeUTF(newest.snapshotId());
            Sealed.writeInstant(out, newest.created());
        }
    }

    private static StoredCheckpoint read(DataInputStream in) throws IOException {
        var fence = new Fence(in.readLong(), in.readLong());
        long sequence = in.readLong();
        var operation = new UUID(in.readLong(), in.readLong());
        return new StoredCheckpoint(readCheckpoint(in), sequence, fence, operation);
    }

    /** Reads to the end of the body. */
    static Checkpoint readCheckpoint(DataInputStream in) throws IOException {
        var job = new Job(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
        String attempt = in.readUTF();
        JobState state = readState(in);
        String text = in.readUTF();
        @Nullable String snapshotId = text.isEmpty() ? null : text;
        var startedAt = Sealed.readInstant(in);
        var updatedAt = Sealed.readInstant(in);
        long acknowledgedBytes = in.readLong();
        var counters = new TreeMap<String, Long>();
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            counters.put(in.readUTF(), in.readLong());
        }
        var progress = new Progress(acknowledgedBytes, counters);
        @Nullable Replica newest = in.available() == 0 ? null : new Replica(in.readUTF(), Sealed.readInstant(in));
        return new Checkpoint(job, attempt, state, progress, snapshotId, startedAt, updatedAt, newest);
    }

    private static void writeState(DataOutputStream out, JobState state) throws IOException {
        switch (state) {
            case JobState.Running running -> writeState(out, 1, "");
            case JobState.Waiting waiting -> writeState(out, 2, waiting.reason());
            case JobState.Failed failed -> writeState(out, 3, failed.reason());
            case JobState.Cancelled cancelled -> writeState(out, 4, "");
            case JobState.Done done -> writeState(out, 5, "");
        }
    }

    private static void writeState(DataOutputStream out, int code, String reason) throws IOException {
        out.writeByte(code);
        out.writeUTF(reason);
    }

    private static JobState readState(DataInputStream in) throws IOException {
        int code = in.readUnsignedByte();
        String reason = in.readUTF();
        return switch (code) {
            case 1 -> new JobState.Running();
            case 2 -> new JobState.Waiting(reason);
            case 3 -> new JobState.Failed(reason);
            case 4 -> new JobState.Cancelled();
            case 5 -> new JobState.Done();
            default -> throw new IllegalArgumentException("state must be 1 to 5, was " + code);
        };
    }
}
