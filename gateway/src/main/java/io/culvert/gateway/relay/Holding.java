package io.culvert.gateway.relay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The relayed connections of one side of a gateway, those that a stream carries and those that are held until one comes: ends what is
 * held for too long, and measures how fast each goes. Thread-safe.
 */
final class Holding {

    /** How often {@link #look} is to be called. */
    static final Duration EACH = Duration.ofSeconds(1);

    private static final double NEWEST_SHARE = 0.4;
    private static final double NANOS_PER_SECOND = 1e9;

    /** What is noted of one connection. */
    private static final class Note {
        private final OfAppliance.Share share;
        private long lookedNanos;
        private long lookedBytes;
        private double bytesPerSecond;
        private long heldSinceNanos;
        private volatile Optional<Instant> heldSince = Optional.empty();

        private Note(OfAppliance.Share share, long nowNanos) {
            this.share = share;
            lookedNanos = nowNanos;
        }
    }

    private final Supplier<Duration> hold;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final Figures figures;
    private final ConcurrentHashMap<Flow, Note> flows = new ConcurrentHashMap<>();

    /**
     * @param hold how long a connection may be held, asked anew each time
     * @param figures where the bytes of each are added up
     */
    Holding(Supplier<Duration> hold, InstantSource clock, LongSupplier ticker, Figures figures) {
        this.hold = hold;
        this.clock = clock;
        this.ticker = ticker;
        this.figures = figures;
    }

    void add(Flow flow) {
        flows.put(flow, new Note(figures.opened(flow.label().appliance()), ticker.getAsLong()));
    }

    void remove(Flow flow) {
        Note note = flows.remove(flow);
        if (note != null) {
            note.share.settle(view(flow, note));
        }
    }

    /** A stream carries it no more. */
    void held(Flow flow) {
        Note note = flows.get(flow);
        if (note != null) {
            note.heldSinceNanos = ticker.getAsLong();
            note.heldSince = Optional.of(clock.instant());
        }
    }

    /** A stream carries it again. */
    void carried(Flow flow) {
        Note note = flows.get(flow);
        if (note != null) {
            note.heldSince = Optional.empty();
        }
    }

    List<Flow> all() {
        return List.copyOf(flows.keySet());
    }

    /** Ends what was held for too long; to be called each {@link #EACH}, by one thread. */
    void look() {
        long now = ticker.getAsLong();
        Duration most = hold.get();
        flows.forEach((flow, note) -> {
            measure(flow, note, now);
            reconcile(flow, note);
            flow.look();
            note.share.settle(view(flow, note));
            boolean expired = note.heldSince.isPresent() && now - note.heldSinceNanos >= most.toNanos();
            if (expired) {
                flow.ending()
                        .expire("the stream to " + flow.label().peer() + " was away for longer than relay.hold, "
                                + most.toSeconds() + " s");
            }
        });
    }

    /** Two threads that tell of one connection may have passed each other: what it says itself counts. */
    private void reconcile(Flow flow, Note note) {
        boolean held = flow.isHeld();
        if (held && note.heldSince.isEmpty()) {
            held(flow);
        } else if (!held) {
            note.heldSince = Optional.empty();
        }
    }

    private static void measure(Flow flow, Note note, long now) {
        Flow.Counts counts = flow.counts();
        long bytes = counts.toPeerBytes() + counts.fromPeerBytes();
        long passedNanos = Math.max(1, now - note.lookedNanos);
        double rate = (bytes - note.lookedBytes) * NANOS_PER_SECOND / passedNanos;
        note.bytesPerSecond = (1 - NEWEST_SHARE) * note.bytesPerSecond + NEWEST_SHARE * rate;
        note.lookedBytes = bytes;
        note.lookedNanos = now;
    }

    /** All of them, as people see them. */
    List<FlowView> views() {
        List<FlowView> views = new ArrayList<>();
        flows.forEach((flow, note) -> {
            FlowView view = view(flow, note);
            note.share.settle(view);
            views.add(view);
        });
        return views;
    }

    private static FlowView view(Flow flow, Note note) {
        FlowLabel label = flow.label();
        Flow.Counts counts = flow.counts();
        return new FlowView(
                label.peer(),
                label.appliance(),
                label.port(),
                label.near(),
                label.client(),
                label.since(),
                counts.toPeerBytes(),
                counts.fromPeerBytes(),
                Math.round(note.bytesPerSecond),
                counts.retainedBytes(),
                note.heldSince,
                flow.dedup());
    }
}
