package io.culvert.gateway.relay.dedup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was sent to a peer before: the sender's half of a history that both gateways keep, a ring of bytes on disk. One per peer;
 * safe for use by several threads.
 *
 * <p>The sender rules: each message says where its new bytes are to be stored, and refers to older bytes by position, so the two
 * halves agree by construction and nothing is ever asked or evicted. {@link SentRing} says what may be referred to and overwritten
 * when. It is bound to one instance of the receiving half; until that is known, and when the receiver has none, flows are
 * compressed and no more.
 *
 * <p>Scratch: nothing survives a restart. Disk: at most the smaller size of the two halves. Memory: 1/64 of that, at most 64 MiB,
 * for the index, and for each flow what {@link FlowPacker} says. When the file cannot be written (a full disk), nothing is stored
 * or referred to until the receiver has a new instance; flows go on, and {@link #status} says so.
 */
public final class SentHistory implements AutoCloseable {

    private final RingStorage.Opener opener;
    private final long sizeBytes;
    private final ToolShelf<PackingTools> tools = new ToolShelf<>(PackingTools::new);
    private final ReentrantLock binding = new ReentrantLock();
    private @Nullable SentRing ring;
    private long boundInstance;
    private long boundSizeBytes;
    private String failure = "";

    private SentHistory(RingStorage.Opener opener, long sizeBytes) {
        this.opener = opener;
        this.sizeBytes = sizeBytes;
    }

    /**
     * A history that is bound to no receiver yet.
     *
     * @param file sparse; made when a receiver is known, grows to the size as bytes are sent
     * @param sizeBytes at most; less than 4096 is none
     * @throws IOException if the file's directory is none
     */
    public static SentHistory open(Path file, long sizeBytes) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new NotDirectoryException(String.valueOf(directory));
        }
        return open(size -> RingFile.open(file, size), sizeBytes);
    }

    static SentHistory open(RingStorage.Opener opener, long sizeBytes) {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes must be >= 0, was " + sizeBytes);
        }
        return new SentHistory(opener, sizeBytes);
    }

    /**
     * Tells which receiving half the peer has. Another one than before starts this half over: packers made before then know no
     * history any more.
     *
     * @param instance {@link ReceivedHistory#instance}
     * @param receiverSizeBytes {@link ReceivedHistory#sizeBytes}; 0 if the peer keeps no history
     */
    public void receiver(long instance, long receiverSizeBytes) {
        binding.lock();
        try {
            if (instance == boundInstance && receiverSizeBytes == boundSizeBytes) {
                return;
            }
            unbind();
            boundInstance = instance;
            boundSizeBytes = receiverSizeBytes;
            try {
                ring = SentRing.open(opener, Math.min(sizeBytes, receiverSizeBytes));
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
        } finally {
            binding.unlock();
        }
    }

    private void unbind() {
        SentRing old = ring;
        ring = null;
        failure = "";
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage()); // of a file that nobody needs
            }
        }
    }

    /**
     * What packs the messages of one flow in one channel.
     *
     * @param rpc whether the flow is NFS over TCP, whose payloads are to be told from its headers
     */
    public FlowPacker packer(boolean rpc, Mode mode) {
        binding.lock();
        try {
            return new FlowPacker(ring, tools, rpc, mode);
        } finally {
            binding.unlock();
        }
    }

    public HistoryStatus status() {
        binding.lock();
        try {
            return ring == null ? new HistoryStatus(0, 0, 0, failure) : ring.status();
        } finally {
            binding.unlock();
        }
    }

    /** Deletes the file. Packers that are still in use know no history then. */
    @Override
    public void close() {
        binding.lock();
        try {
            unbind();
            tools.close();
        } finally {
            binding.unlock();
        }
    }
}
