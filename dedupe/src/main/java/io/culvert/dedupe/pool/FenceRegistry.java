package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The highest fence that was seen for each dataset; survives a crash, never goes back.
 *
 * <p>Two files hold all fences and are replaced in turn, so that damage to one costs at most the last step; the snapshots,
 * each of which carries its fence, make up for the loss of both. Big-endian:
 *
 * <pre>
 *    4  magic "CFNC"   4  version, 1   8  generation   4  count of datasets
 *       each: 2 length of the name, name (site/dataset, UTF-8), 8 epoch, 8 revision
 *    4  CRC32C of all before
 * </pre>
 */
public final class FenceRegistry {

    private static final int MAGIC = 0x43464e43;
    private static final int VERSION = 1;
    private static final int MAX_NAME_BYTES = 512;
    private static final int MAX_DATASETS = 100_000;
    private static final int MAX_FILE_BYTES = 64 << 20;

    private final AtomicFile files;
    private final Path[] paths;
    private final ReentrantLock lock = new ReentrantLock();
    private SortedMap<String, Fence> fences = new TreeMap<>();
    private long generation;

    FenceRegistry(AtomicFile files, Path directory) {
        this.files = files;
        this.paths = new Path[] {directory.resolve("fences-0"), directory.resolve("fences-1")};
    }

    /** Reads the newer sound file. */
    void load(Disk disk, RecoveryReport.Builder report) throws IOException {
        for (Path path : paths) {
            if (disk.exists(path) && !loadIfNewer(files.read(path, MAX_FILE_BYTES))) {
                report.note(path.getFileName() + " is damaged; fences come from the other file and from the snapshots");
            }
        }
    }

    /** Raises a fence to what a snapshot carries; not durable by itself, for the snapshot is. */
    void atLeast(String site, String dataset, Fence fence) {
        lock.lock();
        try {
            fences.merge(key(site, dataset), fence, (old, seen) -> old.compareTo(seen) >= 0 ? old : seen);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets the owner with this fence write; durable when it returns.
     *
     * @param site the site that owns the dataset; site and dataset together have at most 512 bytes
     * @throws FencedException if a higher fence was seen
     */
    public void advance(String site, String dataset, Fence fence) throws IOException {
        String key = key(site, dataset);
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "site and dataset must be at most " + MAX_NAME_BYTES + " bytes, were " + key);
        }
        lock.lock();
        try {
            Fence highest = fences.get(key);
            int order = highest == null ? 1 : fence.compareTo(highest);
            if (highest != null && order < 0) {
                throw new FencedException(key, fence, highest);
            }
            if (order > 0) {
                store(key, fence);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something to write under a fence. */
    @FunctionalInterface
    interface Write {
        void run() throws IOException;
    }

    /**
     * Writes under a fence: as {@link #advance}, and no higher fence gets in before the write has returned.
     *
     * @throws FencedException if a higher fence was seen; nothing was written then
     */
    void holding(String site, String dataset, Fence fence, Write write) throws IOException {
        lock.lock();
        try {
            advance(site, dataset, fence);
            write.run();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what was written under a fence elsewhere and moves here: raises the fence to it, and never refuses it. */
    void adopting(String site, String dataset, Fence fence, Write write) throws IOException {
        lock.lock();
        try {
            Fence highest = fences.get(key(site, dataset));
            if (highest == null || fence.compareTo(highest) > 0) {
                advance(site, dataset, fence);
            }
            write.run();
        } finally {
            lock.unlock();
        }
    }

    /** The highest fence seen. */
    public Optional<Fence> highest(String site, String dataset) {
        lock.lock();
        try {
            return Optional.ofNullable(fences.get(key(site, dataset)));
        } finally {
            lock.unlock();
        }
    }

    private static String key(String site, String dataset) {
        return site + "/" + dataset;
    }

    private void store(String dataset, Fence fence) throws IOException {
        SortedMap<String, Fence> next = new TreeMap<>(fences);
        next.put(dataset, fence);
        if (next.size() > MAX_DATASETS) {
            throw new IOException("the pool knows " + MAX_DATASETS + " datasets already");
        }
        files.write(paths[(int) ((generation + 1) & 1)], encode(generation + 1, next));
        generation++;
        fences = next;
    }

    private static ByteBuffer encode(long generation, Map<String, Fence> fences) {
        int bytes = 24
                + fences.keySet().stream()
                        .mapToInt(name -> 18 + name.getBytes(StandardCharsets.UTF_8).length)
                        .sum();
        ByteBuffer to = ByteBuffer.allocate(bytes);
        to.putInt(MAGIC).putInt(VERSION).putLong(generation).putInt(fences.size());
        fences.forEach((name, fence) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            to.putShort((short) utf8.length).put(utf8).putLong(fence.epoch()).putLong(fence.revision());
        });
        to.putInt(RecordHeader.crc(to, 0, to.position()));
        return to.flip();
    }

    private boolean loadIfNewer(ByteBuffer from) {
        int end = from.limit() - 4;
        if (end < 20
                || from.getInt(0) != MAGIC
                || from.getInt(4) != VERSION
                || from.getInt(end) != RecordHeader.crc(from, 0, end)) {
            return false;
        }
        long seen = from.getLong(8);
        if (seen > generation) {
            SortedMap<String, Fence> loaded = new TreeMap<>();
            from.position(20);
            while (from.position() < end) {
                byte[] name = new byte[from.getShort()];
                from.get(name);
                loaded.put(new String(name, StandardCharsets.UTF_8), new Fence(from.getLong(), from.getLong()));
            }
            generation = seen;
            fences = loaded;
        }
        return true;
    }
}
