package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/** A segment record ready to be written but for its place; made outside the append lock, for the checksums cost time. */
record RecordImage(
        int codec,
        int chunks,
        int rawBytes,
        byte[] meta,
        int attemptBytes,
        Slice payload,
        int metaCrc,
        int payloadCrc) {

    static RecordImage of(int codec, List<ChunkRef> chunks, String attempt, Slice payload) {
        byte[] attemptId = attempt.getBytes(StandardCharsets.UTF_8);
        if (attemptId.length > RecordHeader.MAX_ATTEMPT_BYTES) {
            throw new IllegalArgumentException(
                    "attempt must be at most " + RecordHeader.MAX_ATTEMPT_BYTES + " bytes, was " + attemptId.length);
        }
        if (chunks.isEmpty() || chunks.size() > RecordHeader.MAX_CHUNKS) {
            throw new IllegalArgumentException(
                    "chunks must be 1.." + RecordHeader.MAX_CHUNKS + ", were " + chunks.size());
        }
        if (payload.length() < 1 || payload.length() > RecordHeader.MAX_STORED_BYTES) {
            throw new IllegalArgumentException(
                    "payload must be 1.." + RecordHeader.MAX_STORED_BYTES + " bytes, was " + payload.length());
        }
        byte[] meta = new byte[attemptId.length + chunks.size() * ChunkRef.ENCODED_BYTES];
        ByteBuffer to = ByteBuffer.wrap(meta).put(attemptId);
        int rawBytes = 0;
        for (ChunkRef chunk : chunks) {
            chunk.fingerprint().write(meta, to.position());
            to.position(to.position() + 32).putInt(chunk.lengthBytes());
            rawBytes = Math.addExact(rawBytes, chunk.lengthBytes());
        }
        return new RecordImage(
                codec,
                chunks.size(),
                rawBytes,
                meta,
                attemptId.length,
                payload,
                crc(meta, 0, meta.length),
                crc(payload.array(), payload.offset(), payload.length()));
    }

    int recordBytes() {
        return RecordHeader.recordBytes(meta.length, payload.length());
    }

    /** Writes the whole record, padding included. */
    void encode(ByteBuffer to, int container, int offsetBytes, int forcedBytes) {
        int end = to.position() + recordBytes();
        new RecordHeader(
                        codec,
                        attemptBytes,
                        chunks,
                        rawBytes,
                        payload.length(),
                        container,
                        offsetBytes,
                        forcedBytes,
                        metaCrc,
                        payloadCrc)
                .encode(to);
        to.put(meta).put(payload.array(), payload.offset(), payload.length());
        while (to.position() < end) {
            to.put((byte) 0);
        }
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
