package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;

/**
 * The head of a run of the index. A run is a file of pages of 4,096 bytes; big-endian:
 *
 * <pre>
 *   page 0      0  8  magic "CULVRUN\0"
 *               8  4  version, 1
 *              12  4  count of pages of entries
 *              16  8  count of entries
 *              24  8  offset of the filter
 *              32  4  count of the filter's blocks of 64 bytes
 *              36  4  CRC32C of the filter
 *              40  8  offset of the directory
 *              48  4  CRC32C of the directory
 *              52  4  CRC32C of the bytes 0 to 51
 *   page 1...   0     up to 85 entries of 48 bytes ({@link IndexEntry}), in the order of the fingerprints
 *            4084  4  count of entries in this page
 *            4088  4  zero
 *            4092  4  CRC32C of the bytes 0 to 4091
 *   filter            the blocks of {@link SummaryFilter}
 *   directory         per page the leading 4 bytes of its first fingerprint
 * </pre>
 */
record RunHeader(
        int pages,
        long entries,
        long filterOffset,
        int filterBlocks,
        int filterCrc,
        long directoryOffset,
        int directoryCrc) {

    static final int PAGE_BYTES = 4096;
    static final int PAGE_ENTRIES = 85;
    static final int PAGE_COUNT_AT = 4084;
    static final int PAGE_CRC_AT = 4092;
    private static final long MAGIC = 0x43554c5652554e00L;
    private static final int VERSION = 1;
    private static final int CRC_AT = 52;

    ByteBuffer encode() {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.putLong(MAGIC).putInt(VERSION).putInt(pages).putLong(entries);
        page.putLong(filterOffset).putInt(filterBlocks).putInt(filterCrc);
        page.putLong(directoryOffset).putInt(directoryCrc);
        page.putInt(RecordHeader.crc(page, 0, CRC_AT));
        return page.clear();
    }

    static RunHeader decode(ByteBuffer page, String name) throws CorruptChunkException {
        if (page.limit() < CRC_AT + 4
                || page.getLong(0) != MAGIC
                || page.getInt(8) != VERSION
                || page.getInt(CRC_AT) != RecordHeader.crc(page, 0, CRC_AT)) {
            throw new CorruptChunkException("index " + name + ": the header is damaged");
        }
        return new RunHeader(
                page.getInt(12),
                page.getLong(16),
                page.getLong(24),
                page.getInt(32),
                page.getInt(36),
                page.getLong(40),
                page.getInt(48));
    }
}
