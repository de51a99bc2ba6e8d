package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ranges of containers that are known to be damaged: what the index places there counts as absent, so it is asked for and
 * stored again elsewhere.
 *
 * <p>Kept in memory and in a file (big-endian; per range 4 bytes each of container, from, to; at the end 4 of CRC32C), which
 * is derived: were it lost, the damage would be found again. Readers take no lock. A bounded number of ranges is kept per
 * container; beyond it the container is given up as a whole.
 */
final class Quarantine {

    private static final int MAX_RANGES_PER_CONTAINER = 256;
    private static final int MAX_FILE_BYTES = 64 << 20;
    private static final int RANGE_BYTES = 12;
    private final AtomicFile files;
    private final Path path;
    private final ReentrantLock changing = new ReentrantLock();
    /** Container, then first byte, to end. Replaced as a whole, never changed. */
    private volatile Map<Integer, NavigableMap<Integer, Integer>> ranges = Map.of();
    /** Whether the file lacks what is in memory, since it could not be written. */
    private boolean unwritten;

    Quarantine(AtomicFile files, Path path) {
        this.files = files;
        this.path = path;
    }

    /** Reads the file; a damaged one counts as empty and is named by the exception's message to {@code report}. */
    void load(Disk disk, RecoveryReport.Builder report) throws IOException {
        if (!disk.exists(path)) {
            return;
        }
        ByteBuffer bytes = files.read(path, MAX_FILE_BYTES);
        int end = bytes.limit() - 4;
        if (end < 0 || end % RANGE_BYTES != 0 || bytes.getInt(end) != RecordHeader.crc(bytes, 0, end)) {
            report.note("the list " + path.getFileName() + " was itself damaged and starts empty; run verify");
            return;
        }
        Map<Integer, NavigableMap<Integer, Integer>> loaded = new TreeMap<>();
        while (bytes.position() < end) {
            loaded.computeIfAbsent(bytes.getInt(), unused -> new TreeMap<>()).put(bytes.getInt(), bytes.getInt());
        }
        ranges = loaded;
    }

    boolean contains(int container, int offsetBytes) {
        NavigableMap<Integer, Integer> of = ranges.get(container);
        if (of == null) {
            return false;
        }
        Map.Entry<Integer, Integer> range = of.floorEntry(offsetBytes);
        return range != null && offsetBytes < range.getValue();
    }

    boolean contains(Place place) {
        return contains(place.container(), place.offsetBytes());
    }

    /** Where the part of a container begins that was abandoned, or {@code endBytes}; its header is not abandoned. */
    int soundEnd(int container, int endBytes) {
        NavigableMap<Integer, Integer> of = ranges.get(container);
        if (of == null || of.lastEntry().getValue() < Integer.MAX_VALUE || of.lastKey() < ContainerHeader.BYTES) {
            return endBytes;
        }
        return Math.min(endBytes, of.lastKey());
    }

    /** The highest container with a damaged range, or 0. */
    int lastContainer() {
        return ranges.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    int count() {
        return ranges.values().stream().mapToInt(Map::size).sum();
    }

    /**
     * Adds a range, durably.
     *
     * @return false if it was covered already
     */
    boolean add(int container, int fromBytes, int toBytes) throws IOException {
        changing.lock();
        try {
            if (contains(container, fromBytes) && contains(container, Math.max(fromBytes, toBytes - 1))) {
                if (unwritten) {
                    write();
                }
                return false;
            }
            Map<Integer, NavigableMap<Integer, Integer>> next = new TreeMap<>(ranges);
            NavigableMap<Integer, Integer> of = new TreeMap<>(next.getOrDefault(container, new TreeMap<>()));
            join(of, fromBytes, toBytes);
            if (of.size() > MAX_RANGES_PER_CONTAINER) {
                of.clear();
                of.put(0, Integer.MAX_VALUE);
            }
            next.put(container, of);
            ranges = next;
            write();
            return true;
        } finally {
            changing.unlock();
        }
    }

    private void write() throws IOException {
        unwritten = true;
        files.write(path, encode());
        unwritten = false;
    }

    private static void join(NavigableMap<Integer, Integer> of, int fromBytes, int toBytes) {
        int from = fromBytes;
        int to = toBytes;
        Map.Entry<Integer, Integer> before = of.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            from = before.getKey();
        }
        for (Map.Entry<Integer, Integer> next = of.ceilingEntry(from);
                next != null && next.getKey() <= to;
                next = of.ceilingEntry(from)) {
            to = Math.max(to, next.getValue());
            of.remove(next.getKey());
        }
        of.put(from, to);
    }

    private ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(count() * RANGE_BYTES + 4);
        ranges.forEach((container, of) ->
                of.forEach((from, to) -> bytes.putInt(container).putInt(from).putInt(to)));
        bytes.putInt(RecordHeader.crc(bytes, 0, bytes.position()));
        return bytes.flip();
    }
}
