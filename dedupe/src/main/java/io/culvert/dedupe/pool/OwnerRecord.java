package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code POOL/owner-0} and {@code owner-1} hold: who was the last to open the pool under a fence. Big-endian:
 *
 * <pre>
 *    4  magic "COWN"     4  version, 1     8  sequence: the record that is higher is the newer
 *    4  1 if the pool is open, 0 if it was closed in order
 *    8  fence: epoch     8  fence: revision
 *    4  tenure: how many owners there have been
 *    2  bytes of the owner's name (UTF-8), name
 *    4  count of seals, each: container (4), length in bytes (4), next number (4)
 *    4  CRC32C of all before
 * </pre>
 *
 * @param tenure grows with each owner, so that names made of it are never made twice
 */
record OwnerRecord(long sequence, boolean open, Fence fence, int tenure, String owner, Seals seals) {

    static final int MAX_BYTES = 1 << 20;
    /** Of a pool that was never opened under a fence. */
    static final OwnerRecord NONE = new OwnerRecord(0, false, new Fence(0, 0), 0, "", Seals.NONE);

    private static final int MAGIC = 0x434F574E;
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 50;
    private static final int SEAL_BYTES = 12;

    boolean isNone() {
        return sequence == 0;
    }

    /** Open, by the next owner. */
    OwnerRecord takenBy(PoolOwnership next) {
        return new OwnerRecord(sequence + 1, true, next.fence(), tenure + 1, next.owner(), seals);
    }

    OwnerRecord sealed(Seal seal) {
        return new OwnerRecord(sequence + 1, open, fence, tenure, owner, seals.with(seal));
    }

    OwnerRecord closed() {
        return new OwnerRecord(sequence + 1, false, fence, tenure, owner, seals);
    }

    ByteBuffer encode() {
        byte[] name = owner.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(
                FIXED_BYTES + name.length + SEAL_BYTES * seals.all().size());
        bytes.putInt(MAGIC).putInt(VERSION).putLong(sequence).putInt(open ? 1 : 0);
        bytes.putLong(fence.epoch()).putLong(fence.revision()).putInt(tenure);
        bytes.putShort((short) name.length).put(name).putInt(seals.all().size());
        seals.all()
                .forEach(seal -> bytes.putInt(seal.container())
                        .putInt(seal.lengthBytes())
                        .putInt(seal.next()));
        bytes.putInt(RecordHeader.crc(bytes, 0, bytes.position()));
        return bytes.flip();
    }

    static OwnerRecord decode(ByteBuffer bytes, String file) throws CorruptChunkException {
        int end = bytes.limit() - 4;
        if (end < FIXED_BYTES - 4
                || bytes.getInt(0) != MAGIC
                || bytes.getInt(4) != VERSION
                || bytes.getInt(end) != RecordHeader.crc(bytes, 0, end)) {
            throw new CorruptChunkException(file + " is damaged");
        }
        bytes.position(8);
        long sequence = bytes.getLong();
        boolean open = bytes.getInt() == 1;
        Fence fence = new Fence(bytes.getLong(), bytes.getLong());
        int tenure = bytes.getInt();
        byte[] name = new byte[Math.min(bytes.getShort() & 0xFFFF, bytes.remaining())];
        bytes.get(name);
        List<Seal> seals = new ArrayList<>();
        int count = bytes.getInt();
        if (count < 0 || (long) count * SEAL_BYTES != end - bytes.position()) {
            throw new CorruptChunkException(file + " is damaged");
        }
        for (int i = 0; i < count; i++) {
            seals.add(new Seal(bytes.getInt(), bytes.getInt(), bytes.getInt()));
        }
        String owner = new String(name, StandardCharsets.UTF_8);
        return new OwnerRecord(sequence, open, fence, tenure, owner, Seals.of(seals));
    }
}
