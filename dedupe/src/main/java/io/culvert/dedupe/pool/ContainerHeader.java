package io.culvert.dedupe.pool;

import java.nio.ByteBuffer;

/**
 * The first 32 bytes of a container, before its segment records. Big-endian:
 *
 * <pre>
 *    0  8  magic "CULVCONT"
 *    8  4  version, 1
 *   12  4  number of the container
 *   16  8  created, milliseconds since 1970
 *   24  4  zero
 *   28  4  CRC32C of the bytes 0 to 27
 * </pre>
 */
final class ContainerHeader {

    static final int BYTES = 32;
    private static final long MAGIC = 0x43554c56434f4e54L;
    private static final int VERSION = 1;
    private static final int CRC_AT = 28;

    private ContainerHeader() {}

    static ByteBuffer encode(int container, long createdMillis) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC)
                .putInt(VERSION)
                .putInt(container)
                .putLong(createdMillis)
                .putInt(0);
        bytes.putInt(RecordHeader.crc(bytes, 0, CRC_AT));
        return bytes.flip();
    }

    static boolean isSound(ByteBuffer bytes, int container) {
        return bytes.limit() >= BYTES
                && bytes.getLong(0) == MAGIC
                && bytes.getInt(8) == VERSION
                && bytes.getInt(12) == container
                && bytes.getInt(CRC_AT) == RecordHeader.crc(bytes, 0, CRC_AT);
    }
}
