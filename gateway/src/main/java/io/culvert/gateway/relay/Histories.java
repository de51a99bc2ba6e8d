package io.culvert.gateway.relay;

import io.culvert.gateway.relay.dedup.FlowPacker;
import io.culvert.gateway.relay.dedup.FlowUnpacker;
import io.culvert.gateway.relay.dedup.ReceivedHistory;
import io.culvert.gateway.relay.dedup.SentHistory;
import io.culvert.proto.flow.FlowMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The histories for dedup with each peer: what was sent to it and what came from it. Made when a first connection wants one; scratch,
 * in {@code STATE_DIR/relay/PEER/}, emptied at each start. Thread-safe.
 */
final class Histories implements AutoCloseable {

    /** Of each direction of each peer, on disk; the memory for it is a sixty-fourth. */
    static final long BYTES = 1L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(Histories.class);

    private final Path directory;
    private final long sizeBytes;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SentHistory> sent = new HashMap<>();
    private final Map<String, ReceivedHistory> received = new HashMap<>();
    private boolean closed;

    Histories(Path directory, long sizeBytes, RandomGenerator random) {
        this.directory = directory;
        this.sizeBytes = sizeBytes;
        this.random = random;
    }

    /** What unpacks one flow in one channel, with what the peer is to be told of it. */
    record Unpacking(FlowMessage.History history, FlowUnpacker unpacker) {}

    /** What packs one flow in one channel; nothing if the peer, or this gateway, remembers nothing. */
    Optional<FlowPacker> packer(String peer, FlowMessage.History peerHistory, DedupPolicy.Decision decision) {
        lock.lock();
        try {
            SentHistory history = peerHistory.isKept() ? sentLocked(peer) : null;
            if (history == null) {
                return Optional.empty();
            }
            history.receiver(peerHistory.instance(), peerHistory.sizeBytes());
            return Optional.of(history.packer(decision.rpc(), decision.mode()));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable SentHistory sentLocked(String peer) {
        SentHistory known = sent.get(peer);
        if (known != null || closed) {
            return known;
        }
        try {
            SentHistory fresh = SentHistory.open(folder(peer).resolve("sent"), sizeBytes);
            sent.put(peer, fresh);
            return fresh;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("peer", peer).log("no dedup of what is relayed there: {}", e.getMessage());
            return null;
        }
    }

    /** Nothing if what comes from the peer cannot be remembered. */
    Optional<Unpacking> unpacking(String peer) {
        lock.lock();
        try {
            ReceivedHistory history = receivedLocked(peer);
            return history == null
                    ? Optional.empty()
                    : Optional.of(new Unpacking(
                            new FlowMessage.History(history.instance(), history.sizeBytes()), history.unpacker()));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ReceivedHistory receivedLocked(String peer) {
        ReceivedHistory known = received.get(peer);
        if (known != null || closed) {
            return known;
        }
        try {
            ReceivedHistory fresh = ReceivedHistory.open(folder(peer).resolve("received"), sizeBytes, random);
            received.put(peer, fresh);
            return fresh;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("peer", peer).log("no dedup of what is relayed from there: {}", e.getMessage());
            return null;
        }
    }

    /** What came from a peer cannot be relied on: forgets it, unless that was done since; the next one begins empty. */
    void damaged(String peer, FlowMessage.History which, String why) {
        ReceivedHistory old;
        lock.lock();
        try {
            old = received.get(peer);
            if (old == null || old.instance() != which.instance()) {
                return;
            }
            received.remove(peer);
        } finally {
            lock.unlock();
        }
        LOG.atWarn().addKeyValue("peer", peer).log("dedup begins anew with what is relayed from there: {}", why);
        close(old);
    }

    private Path folder(String peer) throws IOException {
        return Files.createDirectories(directory.resolve(peer));
    }

    private static void close(ReceivedHistory history) {
        try {
            history.close();
        } catch (IOException e) {
            LOG.atWarn().log("the history of relayed bytes: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            sent.values().forEach(SentHistory::close);
            received.values().forEach(Histories::close);
            sent.clear();
            received.clear();
        } finally {
            lock.unlock();
        }
    }
}
