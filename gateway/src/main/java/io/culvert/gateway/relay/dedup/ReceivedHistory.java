package io.culvert.gateway.relay.dedup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * What a peer's flows sent before: a ring of bytes on disk that the sender rules. It says at which position bytes are to be stored,
 * and refers to them by position; {@link SentHistory} says why both ends agree. One per peer; safe for use by several threads.
 *
 * <p>Scratch: emptied when it is opened, deleted when it is closed. Each opening has an {@link #instance} of its own, which the
 * sender must be told before it packs.
 */
public final class ReceivedHistory implements AutoCloseable {

    private final RingStorage storage;
    private final long sizeBytes;
    private final long instance;
    private final ToolShelf<UnpackingTools> tools = new ToolShelf<>(UnpackingTools::new);

    /** The end of the highest position stored. */
    private final AtomicLong top = new AtomicLong();

    private ReceivedHistory(RingStorage storage, long sizeBytes, long instance) {
        this.storage = storage;
        this.sizeBytes = sizeBytes;
        this.instance = instance;
    }

    /**
     * A new, empty history.
     *
     * @param file sparse; grows to the size as bytes arrive
     * @param sizeBytes at least 1
     * @param random draws the instance
     */
    public static ReceivedHistory open(Path file, long sizeBytes, RandomGenerator random) throws IOException {
        return open(size -> RingFile.open(file, size), sizeBytes, random);
    }

    static ReceivedHistory open(RingStorage.Opener opener, long sizeBytes, RandomGenerator random) throws IOException {
        if (sizeBytes < 1) {
            throw new IllegalArgumentException("sizeBytes must be >= 1, was " + sizeBytes);
        }
        return new ReceivedHistory(opener.open(sizeBytes), sizeBytes, random.nextLong());
    }

    /** What tells this opening from others. */
    public long instance() {
        return instance;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /** What unpacks the messages of one flow in one channel. */
    public FlowUnpacker unpacker() {
        return new FlowUnpacker(this, tools);
    }

    /**
     * Stores bytes. What is a whole ring older than the newest is of a channel that has ended, and its place may be another's: it is
     * left out.
     */
    void store(long position, byte[] from, int offset, int lengthBytes) throws IOException {
        if (lengthBytes > sizeBytes) {
            throw new DamagedHistoryException(
                    "a packed message stores " + lengthBytes + " bytes in a history of " + sizeBytes);
        }
        long end = position + lengthBytes;
        if (position >= top.accumulateAndGet(end, Math::max) - sizeBytes) {
            storage.write(position, from, offset, lengthBytes);
        }
    }

    void fetch(long position, byte[] to, int offset, int lengthBytes) throws IOException {
        long newest = top.get();
        if (position < newest - sizeBytes || position + lengthBytes > newest) {
            throw new DamagedHistoryException("a packed message refers to " + position + " + " + lengthBytes
                    + ", the history has " + Math.max(0, newest - sizeBytes) + ".." + newest);
        }
        storage.read(position, to, offset, lengthBytes);
    }

    /** Deletes the file. Unpackers then fail with an {@link IOException}, unless a message needs no history. */
    @Override
    public void close() throws IOException {
        tools.close();
        storage.close();
    }
}
