package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the records of one container; checks everything it hands out, but for the fingerprints. One thread at a time.
 */
final class ContainerReader implements Closeable {

    private final ContainerNames names;
    private final int number;
    private final DiskFile file;
    private final ByteBuffer head = ByteBuffer.allocate(RecordHeader.BYTES);

    private ContainerReader(ContainerNames names, int number, DiskFile file) {
        this.names = names;
        this.number = number;
        this.file = file;
    }

    static ContainerReader open(Disk disk, ContainerNames names, int number) throws IOException {
        return new ContainerReader(names, number, disk.openForReading(names.path(number)));
    }

    int number() {
        return number;
    }

    long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    boolean hasSoundHeader() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ContainerHeader.BYTES);
        file.read(bytes, 0);
        return ContainerHeader.isSound(bytes.flip(), number);
    }

    /** The header of the record at an offset; empty if there is none or it is damaged. */
    Optional<RecordHeader> header(long offsetBytes) throws IOException {
        head.clear();
        file.read(head, offsetBytes);
        return RecordHeader.decode(head.flip(), number, offsetBytes);
    }

    /** The record at an offset, without its payload. */
    StoredRecord record(long offsetBytes) throws IOException {
        RecordHeader header = header(offsetBytes).orElseThrow(() -> damaged(offsetBytes, "no sound segment record"));
        return record(header);
    }

    StoredRecord record(RecordHeader header) throws IOException {
        byte[] meta = new byte[header.metaBytes()];
        int read = file.read(ByteBuffer.wrap(meta), (long) header.offsetBytes() + RecordHeader.BYTES);
        if (read < meta.length || RecordImage.crc(meta, 0, meta.length) != header.tableCrc()) {
            throw damaged(header.offsetBytes(), "the chunk table is damaged");
        }
        String attempt = new String(meta, 0, header.attemptBytes(), StandardCharsets.UTF_8);
        List<ChunkRef> chunks = new ArrayList<>(header.chunks());
        ByteBuffer table = ByteBuffer.wrap(meta);
        long rawBytes = 0;
        for (int at = header.attemptBytes(); at < meta.length; at += ChunkRef.ENCODED_BYTES) {
            int length = table.getInt(at + Fingerprint.LENGTH_BYTES);
            if (length < 1 || length > ChunkRef.MAX_LENGTH_BYTES) {
                throw damaged(header.offsetBytes(), "a chunk of " + length + " bytes in the table");
            }
            chunks.add(new ChunkRef(Fingerprint.read(meta, at), length));
            rawBytes += length;
        }
        if (rawBytes != header.rawBytes()) {
            throw damaged(header.offsetBytes(), "the lengths in the table do not add up");
        }
        return new StoredRecord(header, attempt, chunks);
    }

    /** The payload as it was stored. */
    byte[] payload(RecordHeader header) throws IOException {
        byte[] payload = new byte[header.storedBytes()];
        long at = (long) header.offsetBytes() + RecordHeader.BYTES + header.metaBytes();
        int read = file.read(ByteBuffer.wrap(payload), at);
        if (read < payload.length || RecordImage.crc(payload, 0, payload.length) != header.payloadCrc()) {
            throw damaged(header.offsetBytes(), "the payload does not match its checksum");
        }
        return payload;
    }

    /** The next offset beyond {@code afterBytes} with a sound header of a record that ends by {@code endBytes}; or the end. */
    long nextHeader(long afterBytes, long endBytes) throws IOException {
        int step = RecordHeader.ALIGNMENT_BYTES;
        long from = Math.floorDiv(afterBytes, step) * step + step;
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        while (from < endBytes) {
            window.clear();
            int read = file.read(window, from);
            for (int at = 0; at + 4 <= read; at += step) {
                if (window.getInt(at) == RecordHeader.MAGIC
                        && header(from + at)
                                .filter(h -> h.endBytes() <= endBytes)
                                .isPresent()) {
                    return from + at;
                }
            }
            from += window.capacity();
        }
        return endBytes;
    }

    CorruptChunkException damaged(long offsetBytes, String reason) {
        return new CorruptChunkException("container " + names.name(number) + " at " + offsetBytes + ": " + reason);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
