package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns a snapshot into the bytes of its file and back. Big-endian; a text is 2 bytes of length and its UTF-8:
 *
 * <pre>
 *    4  magic "CSNP"     4  version, 1
 *       id, dataset, site, kind, attempt, label: texts
 *    8  created, seconds since 1970       4  its nanoseconds
 *    8  fence: epoch                      8  fence: revision
 *   32  root: fingerprint                 4  root: length       4  depth
 *    8  entries                           8  source bytes
 *    2  count of properties, each: two texts
 *    4  CRC32C of all before
 * </pre>
 */
final class SnapshotFormat {

    static final int MAX_BYTES = 1 << 20;
    private static final int MAGIC = 0x43534e50;
    private static final int VERSION = 1;

    private SnapshotFormat() {}

    static ByteBuffer encode(Snapshot snapshot) {
        ByteBuffer to = ByteBuffer.allocate(MAX_BYTES);
        to.putInt(MAGIC).putInt(VERSION);
        text(to, snapshot.id());
        text(to, snapshot.dataset());
        text(to, snapshot.site());
        text(to, snapshot.kind());
        text(to, snapshot.attempt());
        text(to, snapshot.label());
        to.putLong(snapshot.created().getEpochSecond())
                .putInt(snapshot.created().getNano());
        to.putLong(snapshot.fence().epoch()).putLong(snapshot.fence().revision());
        to.put(snapshot.root().fingerprint().toBytes()).putInt(snapshot.root().lengthBytes());
        to.putInt(snapshot.depth()).putLong(snapshot.entries()).putLong(snapshot.sourceBytes());
        to.putShort((short) snapshot.properties().size());
        snapshot.properties().forEach((name, value) -> {
            text(to, name);
            text(to, value);
        });
        to.putInt(RecordHeader.crc(to, 0, to.position()));
        return to.flip();
    }

    /** @throws CorruptChunkException if the bytes are not a whole, unchanged snapshot of a version known here */
    static Snapshot decode(ByteBuffer from) throws CorruptChunkException {
        int end = from.limit() - 4;
        if (end < 8 || from.getInt(0) != MAGIC) {
            throw new CorruptChunkException("it is not a snapshot file, or cut short");
        }
        if (from.getInt(end) != RecordHeader.crc(from, 0, end)) {
            throw new CorruptChunkException("its checksum does not match");
        }
        if (from.getInt(4) != VERSION) {
            throw new CorruptChunkException("its version " + from.getInt(4) + " is not known to this program");
        }
        try {
            return body(from.position(8));
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException nonsense) {
            throw new CorruptChunkException("its fields make no sense: " + nonsense.getMessage(), nonsense);
        }
    }

    private static Snapshot body(ByteBuffer from) {
        String id = text(from);
        String dataset = text(from);
        String site = text(from);
        String kind = text(from);
        String attempt = text(from);
        String label = text(from);
        Instant created = Instant.ofEpochSecond(from.getLong(), from.getInt());
        Fence fence = new Fence(from.getLong(), from.getLong());
        byte[] fingerprint = new byte[Fingerprint.LENGTH_BYTES];
        from.get(fingerprint);
        ChunkRef root = new ChunkRef(Fingerprint.read(fingerprint, 0), from.getInt());
        int depth = from.getInt();
        long entries = from.getLong();
        long sourceBytes = from.getLong();
        SortedMap<String, String> properties = new TreeMap<>();
        for (int left = from.getShort(); left > 0; left--) {
            properties.put(text(from), text(from));
        }
        return new Snapshot(
                id, dataset, site, kind, created, attempt, fence, label, root, depth, entries, sourceBytes, properties);
    }

    private static void text(ByteBuffer to, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Snapshot.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "a text of a snapshot must be at most " + Snapshot.MAX_TEXT_BYTES + " bytes, was " + utf8.length);
        }
        to.putShort((short) utf8.length).put(utf8);
    }

    private static String text(ByteBuffer from) {
        byte[] utf8 = new byte[from.getShort() & 0xFFFF];
        from.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
