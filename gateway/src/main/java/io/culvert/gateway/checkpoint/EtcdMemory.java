package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this gateway has seen of its etcd, in a small file of its own: which cluster, and the highest revision and epoch that became a fence. So an
 * etcd that was restored from a backup, or replaced, while the gateway was down is noticed all the same: without that, its fences would
 * begin again below those that receivers know. The epoch is here because an etcd that was replaced knows none, and this host's clock, which
 * proposes one, may have been ahead at the time. Written and forced before a fence is used. Thread-safe.
 *
 * <pre>
 *   culvert-etcd-seen 2 CLUSTER(hex) REVISION(decimal) EPOCH(decimal)
 * </pre>
 */
final class EtcdMemory {

    /** A cluster, a revision of it, and the highest epoch of any; none is (0, 0, 0). */
    record Seen(long clusterId, long revision, long epoch) {
        static final Seen NOTHING = new Seen(0, 0, 0);
    }

    /** No cluster has this id: whatever answers is another one. */
    private static final long NO_CLUSTER = -1;

    private static final Logger LOG = LoggerFactory.getLogger(EtcdMemory.class);
    private static final Pattern LINE =
            Pattern.compile("culvert-etcd-seen 2 ([0-9a-f]{1,16}) (\\d{1,18}) (\\d{1,18})\\n");
    private static final int MAX_BYTES = 200;

    /** Null: nothing is kept. */
    private final @Nullable Path file;

    private final ReentrantLock lock = new ReentrantLock();
    private Seen seen;

    private EtcdMemory(@Nullable Path file, Seen seen) {
        this.file = file;
        this.seen = seen;
    }

    static EtcdMemory none() {
        return new EtcdMemory(null, Seen.NOTHING);
    }

    /**
     * Reads the file if it is there. One that cannot be understood counts as the memory of another cluster: that costs a new epoch, and
     * is safe.
     *
     * @throws IOException if it cannot be read
     */
    static EtcdMemory of(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new EtcdMemory(file, Seen.NOTHING);
        }
        String text = Files.size(file) > MAX_BYTES ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            LOG.warn("{} cannot be understood: a new epoch begins, as if etcd had been replaced", file);
            return new EtcdMemory(file, new Seen(NO_CLUSTER, 0, 0));
        }
        return new EtcdMemory(
                file,
                new Seen(
                        Long.parseUnsignedLong(line.group(1), 16),
                        Long.parseLong(line.group(2)),
                        Long.parseLong(line.group(3))));
    }

    Seen seen() {
        lock.lock();
        try {
            return seen;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A fence is about to be used; returns when that is on the disk.
     *
     * @throws IOException if it cannot be written; then the fence is not to be used
     */
    void note(long clusterId, Fence fence) throws IOException {
        lock.lock();
        try {
            boolean same = seen.clusterId() == clusterId;
            if (same && seen.revision() >= fence.revision() && seen.epoch() >= fence.epoch()) {
                return;
            }
            Seen now = new Seen(clusterId, fence.revision(), Math.max(seen.epoch(), fence.epoch()));
            if (file != null) {
                write(file, now);
            }
            seen = now;
        } finally {
            lock.unlock();
        }
    }

    private static void write(Path file, Seen seen) throws IOException {
        String line = "culvert-etcd-seen 2 " + Long.toHexString(seen.clusterId()) + " " + seen.revision() + " "
                + seen.epoch() + "\n";
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
