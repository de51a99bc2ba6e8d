package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a {@link LogRecord.Kind#WRITTEN} record: for each checkpoint 2 bytes of length and the job id, 2 bytes of length
 * and the {@linkplain CheckpointCodec sealed} checkpoint.
 */
final class WrittenBody {
    private WrittenBody() {}

    static byte[] encode(List<StoredCheckpoint> written) {
        ByteBuffer body = ByteBuffer.allocate(written.size() * (4 + Job.MAX_ID_BYTES + Checkpoint.MAX_STORED_BYTES));
        for (StoredCheckpoint stored : written) {
            put(body, stored.checkpoint().job().id().getBytes(StandardCharsets.UTF_8));
            put(body, CheckpointCodec.encode(stored));
        }
        byte[] bytes = new byte[body.position()];
        body.flip().get(bytes);
        return bytes;
    }

    static List<StoredCheckpoint> decode(ByteBuffer body) throws IOException {
        List<StoredCheckpoint> written = new ArrayList<>();
        try {
            while (body.hasRemaining()) {
                String jobId = new String(take(body), StandardCharsets.UTF_8);
                written.add(CheckpointCodec.decode(jobId, take(body)));
            }
        } catch (BufferUnderflowException e) {
            throw new CorruptCheckpointException("a batch of checkpoints", "it ends early");
        }
        return written;
    }

    private static void put(ByteBuffer body, byte[] bytes) {
        body.putShort((short) bytes.length).put(bytes);
    }

    private static byte[] take(ByteBuffer body) {
        int lengthBytes = Short.toUnsignedInt(body.getShort());
        if (lengthBytes > body.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[lengthBytes];
        body.get(bytes);
        return bytes;
    }
}
