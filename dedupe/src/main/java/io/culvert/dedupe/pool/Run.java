package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.RunHeader.PAGE_BYTES;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted part of the index on disk: one page read finds a key or its absence.
 *
 * <p>In memory it keeps the {@link SummaryFilter} (10 bits an entry) and the leading four bytes of each page's first
 * fingerprint (0.4 bits an entry). Safe for concurrent use; each caller brings its own page buffer.
 */
final class Run implements Closeable {

    private final Path path;
    private final DiskFile file;
    private final RunHeader header;
    private final int[] directory;
    private final SummaryFilter filter;

    private Run(Path path, DiskFile file, RunHeader header, int[] directory, SummaryFilter filter) {
        this.path = path;
        this.file = file;
        this.header = header;
        this.directory = directory;
        this.filter = filter;
    }

    /**
     * Opens a run and checks all of it but the pages, which are checked whenever they are read.
     *
     * @throws CorruptChunkException if it is damaged: the index must be built again
     */
    static Run open(Disk disk, Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        DiskFile file = disk.openForReading(path);
        try {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
            file.read(page, 0);
            RunHeader header = RunHeader.decode(page.flip(), name);
            ByteBuffer filter = part(
                    file,
                    header.filterOffset(),
                    (long) header.filterBlocks() * SummaryFilter.BLOCK_BYTES,
                    header.filterCrc(),
                    name);
            ByteBuffer names = part(file, header.directoryOffset(), header.pages() * 4L, header.directoryCrc(), name);
            int[] directory = new int[header.pages()];
            names.asIntBuffer().get(directory);
            return new Run(path, file, header, directory, SummaryFilter.decode(filter));
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    Path path() {
        return path;
    }

    long entries() {
        return header.entries();
    }

    int pages() {
        return header.pages();
    }

    long memoryBytes() {
        return filter.memoryBytes() + 4L * directory.length;
    }

    long fileBytes() {
        return header.directoryOffset() + 4L * header.pages();
    }

    /** The place of a chunk, or null; {@code page} is a buffer of {@link RunHeader#PAGE_BYTES} to read into. */
    @Nullable
    Place find(Fingerprint fingerprint, ByteBuffer page) throws IOException {
        if (!filter.mayContain(fingerprint)) {
            return null;
        }
        for (int number = lastPageNotAbove(fingerprint); number >= 0; number--) {
            read(number, page);
            if (IndexEntry.compare(page, 0, fingerprint) <= 0) {
                return findIn(page, fingerprint);
            }
        }
        return null;
    }

    /** Reads and checks a page. */
    void read(int number, ByteBuffer page) throws IOException {
        page.clear();
        int read = file.read(page, (long) PAGE_BYTES * (1 + number));
        page.flip();
        if (read < PAGE_BYTES
                || page.getInt(RunHeader.PAGE_CRC_AT) != RecordHeader.crc(page, 0, RunHeader.PAGE_CRC_AT)) {
            throw new CorruptChunkException("index " + path + " is damaged at page " + number
                    + "; it is built again from the containers when the pool is opened next");
        }
    }

    static int entriesIn(ByteBuffer page) {
        return page.getInt(RunHeader.PAGE_COUNT_AT);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static @Nullable Place findIn(ByteBuffer page, Fingerprint fingerprint) {
        int low = 0;
        int high = entriesIn(page) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = middle * IndexEntry.BYTES;
            int order = IndexEntry.compare(page, at, fingerprint);
            if (order == 0) {
                return IndexEntry.decodePlace(page, at);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    private int lastPageNotAbove(Fingerprint fingerprint) {
        int key = (int) (fingerprint.w0() >>> 32);
        int low = 0;
        int high = directory.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(directory[middle], key) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static ByteBuffer part(DiskFile file, long offset, long length, int crc, String name) throws IOException {
        if (offset < 0 || length < 0 || offset + length > file.sizeBytes()) {
            throw new CorruptChunkException("index " + name + " is cut short");
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        file.read(bytes, offset);
        bytes.flip();
        if (RecordHeader.crc(bytes, 0, bytes.limit()) != crc) {
            throw new CorruptChunkException("index " + name + ": the filter or the directory is damaged");
        }
        return bytes;
    }
}
