package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.RunHeader.PAGE_BYTES;
import static io.culvert.dedupe.pool.RunHeader.PAGE_ENTRIES;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Writes one run in order, in one pass and in constant memory but for four bytes per page.
 *
 * <p>The file is durable when {@link #finish} returns; its name is not (see {@link Disk#forceDirectory}).
 */
final class RunWriter implements Closeable {

    private static final int BUFFER_BYTES = 64 * PAGE_BYTES;
    private final DiskFile file;
    private final long filterOffset;
    private final int filterBlocks;
    private final int[] directory;
    private final ByteBuffer pages = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer filter = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final CRC32C filterCrc = new CRC32C();
    private final long[] block = new long[SummaryFilter.BLOCK_WORDS];
    private int blockNumber;
    private int pageCount;
    private int entriesInPage;
    private long entries;
    private long pagesWritten = PAGE_BYTES;
    private long filterWritten;

    RunWriter(Disk disk, Path path, long maxEntries) throws IOException {
        int maxPages = Math.toIntExact(Math.ceilDiv(maxEntries, PAGE_ENTRIES));
        this.file = disk.create(path);
        this.filterOffset = (long) PAGE_BYTES * (1 + maxPages);
        this.filterBlocks = SummaryFilter.blocksFor(maxEntries);
        this.directory = new int[maxPages];
    }

    /** Adds the next entry; fingerprints must ascend. */
    void add(IndexEntry entry) throws IOException {
        if (entriesInPage == 0) {
            directory[pageCount] = (int) (entry.fingerprint().w0() >>> 32);
        }
        entry.encode(pages);
        entriesInPage++;
        entries++;
        int target = SummaryFilter.block(entry.fingerprint(), filterBlocks);
        while (blockNumber < target) {
            finishBlock();
        }
        SummaryFilter.add(block, entry.fingerprint());
        if (entriesInPage == PAGE_ENTRIES) {
            finishPage();
        }
    }

    /** Completes and forces the file; answers the count of entries. */
    long finish() throws IOException {
        if (entriesInPage > 0) {
            finishPage();
        }
        drainPages();
        while (blockNumber < filterBlocks) {
            finishBlock();
        }
        drainFilter();
        long directoryOffset = filterOffset + filterWritten;
        ByteBuffer names = ByteBuffer.allocate(pageCount * 4);
        for (int page = 0; page < pageCount; page++) {
            names.putInt(directory[page]);
        }
        int directoryCrc = RecordHeader.crc(names, 0, names.capacity());
        file.write(names.flip(), directoryOffset);
        RunHeader header = new RunHeader(
                pageCount,
                entries,
                filterOffset,
                filterBlocks,
                (int) filterCrc.getValue(),
                directoryOffset,
                directoryCrc);
        file.write(header.encode(), 0);
        file.force();
        return entries;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void finishPage() throws IOException {
        int start = pages.position() - entriesInPage * IndexEntry.BYTES;
        while (pages.position() < start + RunHeader.PAGE_COUNT_AT) {
            pages.putInt(0);
        }
        pages.putInt(entriesInPage).putInt(0);
        pages.putInt(RecordHeader.crc(pages, start, RunHeader.PAGE_CRC_AT));
        pageCount++;
        entriesInPage = 0;
        if (!pages.hasRemaining()) {
            drainPages();
        }
    }

    private void drainPages() throws IOException {
        int length = pages.position();
        file.write(pages.flip(), pagesWritten);
        pagesWritten += length;
        pages.clear();
    }

    private void finishBlock() throws IOException {
        for (int word = 0; word < block.length; word++) {
            filter.putLong(block[word]);
            block[word] = 0;
        }
        blockNumber++;
        if (!filter.hasRemaining()) {
            drainFilter();
        }
    }

    private void drainFilter() throws IOException {
        int length = filter.position();
        filterCrc.update(filter.flip());
        file.write(filter.rewind(), filterOffset + filterWritten);
        filterWritten += length;
        filter.clear();
    }
}
