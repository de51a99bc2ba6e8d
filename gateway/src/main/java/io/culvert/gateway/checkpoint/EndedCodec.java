package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of an ended job: the body of a {@link Sealed#ENDED}. Texts and instants are as in {@link CheckpointCodec}.
 *
 * <pre>
 *   text run    text kind    1 flags: 1 owned, 2 started, 4 refused
 *   8 fence epoch    8 fence revision    12 started       (each 0 if the flag is not set)
 *   n the checkpoint, as in {@link CheckpointCodec} from the job id on
 * </pre>
 */
final class EndedCodec {
    private static final int OWNED = 1;
    private static final int STARTED = 2;
    private static final int REFUSED = 4;

    private EndedCodec() {}

    static byte[] encode(EndedJob ended) {
        byte[] sealed = Sealed.ENDED.seal(out -> write(out, ended));
        if (sealed.length > Checkpoint.MAX_STORED_BYTES) {
            throw new IllegalArgumentException(
                    "a stored ended job must be <= " + Checkpoint.MAX_STORED_BYTES + " bytes, was " + sealed.length);
        }
        return sealed;
    }

    /** Reads what is kept in the place of this run; another's is corrupt there. */
    static EndedJob decode(String run, byte[] sealed) throws CorruptCheckpointException {
        EndedJob ended = Sealed.ENDED.open("job " + run, sealed, EndedCodec::read);
        if (!ended.id().equals(run)) {
            throw new CorruptCheckpointException("the end of job " + run, "it is the one of job " + ended.id());
        }
        return ended;
    }

    /** Reads one whose run nothing else says. */
    static EndedJob decode(byte[] sealed) throws CorruptCheckpointException {
        return Sealed.ENDED.open("a job", sealed, EndedCodec::read);
    }

    private static void write(DataOutputStream out, EndedJob ended) throws IOException {
        Fence fence = ended.fence();
        Instant started = ended.started();
        out.writeUTF(ended.id());
        out.writeUTF(ended.kind());
        out.writeByte((fence == null ? 0 : OWNED) | (started == null ? 0 : STARTED) | (ended.refused() ? REFUSED : 0));
        out.writeLong(fence == null ? 0 : fence.epoch());
        out.writeLong(fence == null ? 0 : fence.revision());
        Sealed.writeInstant(out, started == null ? Instant.EPOCH : started);
        CheckpointCodec.write(out, ended.last());
    }

    private static EndedJob read(DataInputStream in) throws IOException {
        String run = in.readUTF();
        String kind = in.readUTF();
        int flags = in.readUnsignedByte();
        long epoch = in.readLong();
        long revision = in.readLong();
        Instant started = Sealed.readInstant(in);
        @Nullable Fence fence = (flags & OWNED) == 0 ? null : new Fence(epoch, revision);
        return new EndedJob(
                run,
                kind,
                CheckpointCodec.readCheckpoint(in),
                fence,
                (flags & STARTED) == 0 ? null : started,
                (flags & REFUSED) != 0);
    }
}
