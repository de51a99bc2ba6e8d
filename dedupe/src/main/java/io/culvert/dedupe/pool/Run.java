package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.RunHeader.PAGE_BYTES;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted part of the index on disk: one page read finds a key or its absence.
 *
 * <p>In memory it keeps the {@link SummaryFilter} (10 bits an entry) and the leading four bytes of each page's first
 * fingerprint (0.4 bits an entry). Safe for concurrent use; each caller brings its own page buffer.
 */
final class Run implements Closeable {

    private static final int PIECE_BYTES = 1 << 16;
    private final Path path;
    private final DiskFile file;
    private final RunHeader header;
    /** These two go with {@link #close}, though the merge that replaced this run still knows it. */
    private int[] directory;

    private SummaryFilter filter;

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
            SummaryFilter filter = new SummaryFilter(header.filterBlocks());
            part(file, header.filterOffset(), filter.memoryBytes(), header.filterCrc(), name, filter::append);
            int[] directory = new int[header.pages()];
            part(
                    file,
                    header.directoryOffset(),
                    header.pages() * 4L,
                    header.directoryCrc(),
                    name,
                    (at, bytes) -> bytes.asIntBuffer().get(directory, (int) (at / 4), bytes.remaining() / 4));
            return new Run(path, file, header, directory, filter);
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

    /** No lookup may be under way or follow. */
    @Override
    public void close() throws IOException {
        filter = new SummaryFilter(0);
        directory = new int[0];
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

    /** Takes a piece of a part; {@code atBytes} is relative to the part. */
    @FunctionalInterface
    private interface Piece {
        void take(long atBytes, ByteBuffer bytes);
    }

    /** Reads and checks a part piece by piece, so that it is never in memory twice. */
    private static void part(DiskFile file, long offset, long length, int expectedCrc, String name, Piece piece)
            throws IOException {
        if (offset < 0 || length < 0 || offset + length > file.sizeBytes()) {
            throw new CorruptChunkException("index " + name + " is cut short");
        }
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
        for (long at = 0; at < length; at += PIECE_BYTES) {
            bytes.clear().limit((int) Math.min(PIECE_BYTES, length - at));
            file.read(bytes, offset + at);
            crc.update(bytes.flip());
            piece.take(at, bytes.rewind());
        }
        if ((int) crc.getValue() != expectedCrc) {
            throw new CorruptChunkException("index " + name + ": the filter or the directory is damaged");
        }
    }
}
