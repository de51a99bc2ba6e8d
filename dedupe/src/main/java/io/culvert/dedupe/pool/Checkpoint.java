package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code index/current} holds: the runs that make up the index, and the containers that they cover. Big-endian:
 *
 * <pre>
 *    8  magic "CULVCURR"       4  version, 2
 *    8  number of the next run's file
 *    8  raw bytes of the chunks in the runs
 *    4  count of runs          8  each: number of the file, oldest first
 *    4  count of containers    8  each: number (4), bytes of it that the runs cover (4)
 *    4  CRC32C of all before
 * </pre>
 *
 * <p>All that it covers was forced before it was written: a container that is shorter, or gone, is damage and not a crash.
 *
 * @param covered per container the bytes whose records are all in the runs
 */
record Checkpoint(long nextRun, long rawBytes, List<Long> runs, SortedMap<Integer, Integer> covered) {

    private static final long MAGIC = 0x43554c5643555252L;
    private static final int VERSION = 2;
    /** The numbers of runs had 4 bytes. */
    private static final int VERSION_OF_SHORT_NUMBERS = 1;

    Checkpoint {
        runs = List.copyOf(runs);
        covered = Collections.unmodifiableSortedMap(new TreeMap<>(covered));
    }

    static Checkpoint empty() {
        return new Checkpoint(1, 0, List.of(), new TreeMap<>());
    }

    Checkpoint withRuns(long next, long raw, List<Long> numbers) {
        return new Checkpoint(next, raw, numbers, covered);
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(40 + 8 * runs.size() + 8 * covered.size());
        bytes.putLong(MAGIC).putInt(VERSION).putLong(nextRun).putLong(rawBytes);
        bytes.putInt(runs.size());
        runs.forEach(bytes::putLong);
        bytes.putInt(covered.size());
        covered.forEach((container, end) -> bytes.putInt(container).putInt(end));
        bytes.putInt(RecordHeader.crc(bytes, 0, bytes.position()));
        return bytes.flip();
    }

    static Checkpoint decode(ByteBuffer bytes) throws CorruptChunkException {
        int end = bytes.limit() - 4;
        if (end < 32
                || bytes.getLong(0) != MAGIC
                || bytes.getInt(8) < VERSION_OF_SHORT_NUMBERS
                || bytes.getInt(8) > VERSION
                || bytes.getInt(end) != RecordHeader.crc(bytes, 0, end)) {
            throw new CorruptChunkException("index/current is damaged");
        }
        bytes.position(12);
        boolean isShort = bytes.getInt(8) == VERSION_OF_SHORT_NUMBERS;
        long next = isShort ? bytes.getInt() : bytes.getLong();
        long raw = bytes.getLong();
        List<Long> runs = new ArrayList<>();
        for (int left = bytes.getInt(); left > 0; left--) {
            runs.add(isShort ? bytes.getInt() : bytes.getLong());
        }
        SortedMap<Integer, Integer> covered = new TreeMap<>();
        for (int left = bytes.getInt(); left > 0; left--) {
            covered.put(bytes.getInt(), bytes.getInt());
        }
        return new Checkpoint(next, raw, runs, covered);
    }
}
