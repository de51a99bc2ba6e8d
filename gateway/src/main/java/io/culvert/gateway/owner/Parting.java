package io.culvert.gateway.owner;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * When a gateway lets go of a share that another one should have. For the sake of balance only to one that has run for a while, so that a gateway
 * that comes and goes takes nothing along; and never of a stream that relayed connections are open in, whose ends are in the kernel of this
 * host. A gateway that drains lets go of all at once, but of such streams only when their connections have ended or had their time.
 */
final class Parting {

    /** How long a gateway has run before another one gives it a part of what it has. */
    static final Duration STEADY = Duration.ofSeconds(30);

    private final LongSupplier ticker;
    private final ToIntFunction<String> relayed;
    private final Map<Integer, Long> liveSinceNanos = new HashMap<>();
    private volatile @Nullable Long drainedUntilNanos;

    /**
     * @param ticker nanoseconds
     * @param relayed how many connections are relayed in the stream to a peer
     */
    Parting(LongSupplier ticker, ToIntFunction<String> relayed) {
        this.ticker = ticker;
        this.relayed = relayed;
    }

    /** Begins to drain; if it does already, connections have the shorter of both times. */
    void drain(Duration connections) {
        long now = ticker.getAsLong();
        long until = now + connections.toNanos();
        Long before = drainedUntilNanos;
        drainedUntilNanos = before == null || until - before < 0 ? Long.valueOf(until) : before;
    }

    void drainNoMore() {
        drainedUntilNanos = null;
    }

    boolean drains() {
        return drainedUntilNanos != null;
    }

    /** What gateways there are, at each look. */
    void see(List<Book.Gateway> gateways) {
        long now = ticker.getAsLong();
        for (Book.Gateway one : gateways) {
            if (one.live()) {
                liveSinceNanos.putIfAbsent(one.number(), now);
            } else {
                liveSinceNanos.remove(one.number());
            }
        }
    }

    /** Whether a share that this gateway has is to go to the gateway of this number now. */
    boolean isDue(Share share, int target) {
        long now = ticker.getAsLong();
        Long until = drainedUntilNanos;
        if (until != null) {
            return until - now <= 0 || !carriesConnections(share);
        }
        Long since = liveSinceNanos.get(target);
        return since != null && now - since >= STEADY.toNanos() && !carriesConnections(share);
    }

    private boolean carriesConnections(Share share) {
        return share.things().stream()
                .anyMatch(thing -> thing.kind() == Thing.Kind.PEER && relayed.applyAsInt(thing.name()) > 0);
    }
}
