package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.segment.Codec;
import io.culvert.dedupe.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The fixed head of a segment record in a container. Big-endian:
 *
 * <pre>
 *    0  4  magic "CSEG"
 *    4  1  version, 1
 *    5  1  codec, as {@link Codec#id} has it
 *    6  2  bytes of the attempt's id (UTF-8)
 *    8  4  count of chunks
 *   12  4  raw bytes: the sum of the chunks' lengths
 *   16  4  stored bytes: the payload as it came
 *   20  4  number of the container      } a record that is not where it
 *   24  4  offset within it             } says it is, is not a record
 *   28  4  forced bytes: how much of the container was durable when this was written
 *   32  4  CRC32C of attempt and table
 *   36  4  CRC32C of the payload
 *   40  4  zero
 *   44  4  CRC32C of the bytes 0 to 43
 *   48     attempt | table: per chunk 32 bytes of fingerprint, 4 of length | payload | zeros up to a multiple of 8
 * </pre>
 *
 * <p>Every count is bounded by {@link #decode} before anything is allocated for it.
 */
record RecordHeader(
        int codec,
        int attemptBytes,
        int chunks,
        int rawBytes,
        int storedBytes,
        int container,
        int offsetBytes,
        int forcedBytes,
        int tableCrc,
        int payloadCrc) {

    static final int BYTES = 48;
    static final int ALIGNMENT_BYTES = 8;
    static final int MAGIC = 0x43534547;
    static final int MAX_ATTEMPT_BYTES = 255;
    static final int MAX_CHUNKS = Segment.MAX_CHUNKS;
    static final int MAX_STORED_BYTES = Segment.MAX_PAYLOAD_BYTES;
    private static final byte VERSION = 1;
    private static final int CRC_AT = 44;

    /** Bytes between the header and the payload. */
    int metaBytes() {
        return attemptBytes + chunks * ChunkRef.ENCODED_BYTES;
    }

    /** Bytes of the whole record, padding included. */
    int recordBytes() {
        return recordBytes(metaBytes(), storedBytes);
    }

    static int recordBytes(int metaBytes, int storedBytes) {
        return Math.ceilDiv(BYTES + metaBytes + storedBytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    }

    long endBytes() {
        return (long) offsetBytes + recordBytes();
    }

    void encode(ByteBuffer to) {
        int start = to.position();
        to.putInt(MAGIC)
                .put(VERSION)
                .put((byte) codec)
                .putShort((short) attemptBytes)
                .putInt(chunks)
                .putInt(rawBytes)
                .putInt(storedBytes)
                .putInt(container)
                .putInt(offsetBytes)
                .putInt(forcedBytes)
                .putInt(tableCrc)
                .putInt(payloadCrc)
                .putInt(0);
        to.putInt(crc(to, start, CRC_AT));
    }

    /** The header at the buffer's position, which stays; empty unless it is sound and belongs exactly here. */
    static Optional<RecordHeader> decode(ByteBuffer from, int container, long offsetBytes) {
        int at = from.position();
        if (from.remaining() < BYTES
                || from.getInt(at) != MAGIC
                || from.get(at + 4) != VERSION
                || from.getInt(at + CRC_AT) != crc(from, at, CRC_AT)) {
            return Optional.empty();
        }
        RecordHeader header = new RecordHeader(
                from.get(at + 5),
                from.getShort(at + 6) & 0xFFFF,
                from.getInt(at + 8),
                from.getInt(at + 12),
                from.getInt(at + 16),
                from.getInt(at + 20),
                from.getInt(at + 24),
                from.getInt(at + 28),
                from.getInt(at + 32),
                from.getInt(at + 36));
        return header.isBounded() && header.container == container && header.offsetBytes == offsetBytes
                ? Optional.of(header)
                : Optional.empty();
    }

    private boolean isBounded() {
        return attemptBytes <= MAX_ATTEMPT_BYTES
                && chunks >= 1
                && chunks <= MAX_CHUNKS
                && rawBytes >= chunks
                && rawBytes <= Segment.MAX_RAW_BYTES
                && storedBytes >= 1
                && storedBytes <= MAX_STORED_BYTES
                && offsetBytes >= 0
                && forcedBytes >= 0;
    }

    static int crc(ByteBuffer bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(offset, length));
        return (int) crc.getValue();
    }
}
