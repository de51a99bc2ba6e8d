package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.dedup.FlowPacker;
import io.culvert.gateway.relay.dedup.Mode;
import io.culvert.gateway.relay.dedup.PackingState;
import io.culvert.gateway.relay.dedup.Stats;
import io.culvert.proto.flow.FlowMessage;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Dedup of one relayed connection: makes what packs and unpacks it in each of its channels, and counts what that saved. Thread-safe.
 */
final class FlowDedup {

    private final Histories histories;
    private final String peer;
    private final DedupPolicy.Decision decision;
    private final Executor workers;
    private final AtomicLong plainBytes = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();
    private volatile PackingState state = PackingState.OFF;

    FlowDedup(Histories histories, String peer, DedupPolicy.Decision decision, Executor workers) {
        this.histories = histories;
        this.peer = peer;
        this.decision = decision;
        this.workers = workers;
    }

    private boolean isOff() {
        return decision.mode() == Mode.OFF;
    }

    /** Whether this side packs if the other remembers. */
    boolean takesPart() {
        return !isOff();
    }

    /** What unpacks in a new channel; nothing if this side does not take part. */
    Optional<Histories.Unpacking> unpacking() {
        return isOff() ? Optional.empty() : histories.unpacking(peer);
    }

    /** What packs in a channel whose far end keeps this history; nothing if one of both does not take part. */
    Optional<FlowPacker> packer(FlowMessage.History peerHistory) {
        return isOff() ? Optional.empty() : histories.packer(peer, peerHistory, decision);
    }

    /** Packs; see {@link FlowPacker#pack}. */
    Optional<Slice> pack(FlowPacker packer, long offset, Slice bytes) {
        Optional<Slice> packed = packer.pack(offset, bytes);
        plainBytes.addAndGet(bytes.length());
        sentBytes.addAndGet(packed.orElse(bytes).length());
        Stats stats = packer.stats();
        state = stats.state();
        return packed;
    }

    /** Bytes go as they are. */
    void plain(int bytes) {
        plainBytes.addAndGet(bytes);
        sentBytes.addAndGet(bytes);
    }

    void damaged(FlowMessage.History which, String why) {
        histories.damaged(peer, which, why);
    }

    /** Packing and unpacking cost too much for an event loop. */
    void execute(Runnable work) {
        workers.execute(work);
    }

    /** How it fares. */
    FlowView.Dedup view() {
        String word = switch (state) {
            case OFF -> isOff() ? "off" : "idle";
            case ACTIVE -> "on";
            case WITHOUT_HISTORY -> "compression only";
            case BYPASSED_ENCRYPTED -> "bypassed: encrypted";
            case BYPASSED_INCOMPRESSIBLE -> "bypassed: does not repeat";
        };
        return new FlowView.Dedup(word, plainBytes.get(), sentBytes.get());
    }
}
