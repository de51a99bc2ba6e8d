package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Effect;
import io.culvert.proto.channel.Hello;
import io.culvert.proto.channel.Mux;
import io.culvert.proto.channel.Outgoing;
import io.culvert.proto.channel.Side;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One live stream: the machine, the call under it, and who waits for what.
 *
 * <p>One thread at a time writes, without the lock: whoever sends, as long as its own message is not out, else the
 * link's writer, a virtual thread that takes over what credit, readiness or the throttle let go later. States: greeting
 * → up → lost, or greeting → lost; it is lost once and stays so.
 */
final class Link implements Pump.Result {

    /** Who is told what happens to a link; called without its lock. */
    interface Owner {

        /** The peer's hello came; calls {@link Link#confirm} if this link is to be the stream, else closes it. */
        void greeted(Link link, Hello peer);

        void opened(LinkChannel channel, Slice payload);

        void lost(Link link, String why);
    }

    private final LinkSettings settings;
    private final Carrier carrier;
    private final Owner owner;
    private final Pump pump;
    private final Mux mux;
    private final long startedNanos;

    final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private final Map<Long, LinkChannel> channels = new HashMap<>();

    private boolean goodbyeSent;
    private @Nullable String closing;
    private long closingNanos;
    private volatile @Nullable String lost;
    private volatile boolean up;
    private volatile boolean wasUp;
    private volatile long roundTripNanos = -1;
    private volatile long peerInstance;

    Link(LinkSettings settings, Carrier carrier, Owner owner) {
        this.settings = settings;
        this.carrier = carrier;
        this.owner = owner;
        this.mux = new Mux(settings.side(), settings.hello(), settings.peer(), settings.pool());
        this.pump = new Pump(lock, mux, carrier, new Throttle(settings.limit(), settings.ticker()), this);
        this.startedNanos = settings.ticker().getAsLong();
    }

    /**
     * Starts to write, and returns the writer's thread; the side that does not decide between two streams says hello at
     * once.
     */
    Thread start() {
        if (!settings.decides()) {
            lock.lock();
            try {
                mux.greet();
            } finally {
                lock.unlock();
            }
        }
        Thread.ofVirtual().name("stream-keepalive-" + settings.peer()).start(new Keepalive(this, settings)::run);
        return Thread.ofVirtual().name("stream-writer-" + settings.peer()).start(this::write);
    }

    /** This link is the stream from now on. */
    void confirm(Hello peer) {
        lock.lock();
        try {
            peerInstance = peer.instance();
            if (settings.decides()) {
                mux.greet();
            }
            up = true;
            wasUp = true;
            pump.wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    // ---- what gRPC calls, on the event loop

    void onReady() {
        lock.lock();
        try {
            pump.wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    void onFrame(Frame frame) {
        List<Effect> effects;
        lock.lock();
        try {
            effects = mux.receive(frame);
            for (Effect effect : effects) {
                applyLocked(effect);
            }
            if (mux.hasNext()) {
                pump.wakeLocked();
            }
        } catch (ProtocolException e) {
            goodbyeLocked(e.code(), e.detail(), "it broke the protocol: " + e.getMessage());
            return;
        } finally {
            lock.unlock();
        }
        for (Effect effect : effects) {
            announce(effect);
        }
    }

    private void applyLocked(Effect effect) {
        switch (effect) {
            case Effect.Delivered delivered -> with(delivered.channel(), to -> to.deliveredLocked(delivered));
            case Effect.Finished finished -> with(finished.channel(), LinkChannel::finishedLocked);
            case Effect.Reset reset -> with(reset.channel(), to -> to.resetLocked(reset.code(), reset.reason(), true));
            case Effect.Opened opened ->
                channels.put(opened.channel(), new LinkChannel(this, opened.channel(), opened.kind()));
            case Effect.Ponged ponged -> roundTripNanos = settings.ticker().getAsLong() - ponged.token();
            case Effect.Greeted ignored -> {}
            case Effect.Ended ignored -> {}
        }
    }

    private void with(long id, Consumer<LinkChannel> action) {
        LinkChannel channel = channels.get(id);
        if (channel != null) {
            action.accept(channel);
        }
    }

    /** What others are told of it, without the lock. */
    private void announce(Effect effect) {
        switch (effect) {
            case Effect.Greeted greeted -> owner.greeted(this, greeted.peer());
            case Effect.Opened opened -> {
                LinkChannel channel = channel(opened.channel());
                if (channel != null) {
                    owner.opened(channel, opened.payload());
                }
            }
            case Effect.Ended ended -> fail("the peer ended it: " + ended.code() + ": " + ended.reason());
            case Effect.Delivered ignored -> {}
            case Effect.Finished ignored -> {}
            case Effect.Reset ignored -> {}
            case Effect.Ponged ignored -> {}
        }
    }

    private @Nullable LinkChannel channel(long id) {
        lock.lock();
        try {
            return channels.get(id);
        } finally {
            lock.unlock();
        }
    }

    // ---- what channels call

    /** Opens a channel, null if the peer takes no more or the link is not up. */
    @Nullable
    LinkChannel open(ChannelKind kind, Slice payload) {
        lock.lock();
        try {
            if (lost != null || !mux.canOpen()) {
                return null;
            }
            long id = mux.open(kind, payload);
            LinkChannel channel = new LinkChannel(this, id, kind);
            channels.put(id, channel);
            pump.wakeLocked();
            return channel;
        } finally {
            lock.unlock();
        }
    }

    Mux muxLocked() {
        return mux;
    }

    @Nullable
    String lostWhy() {
        return lost;
    }

    void wakeWriterLocked() {
        pump.wakeLocked();
    }

    void forgetLocked(LinkChannel channel) {
        channels.remove(channel.id());
    }

    /** Writes what may go until this is true; lock held, released around each write. */
    void pumpLocked(BooleanSupplier until) {
        pump.runLocked(until);
    }

    /** Waits until no write borrows bytes of this channel any more: a moment, not interruptible. */
    void awaitNotWritingLocked(long channel) {
        pump.awaitNotWritingLocked(channel);
    }

    @Override
    public boolean isLostLocked() {
        return lost != null;
    }

    @Override
    public void writtenLocked(Outgoing written) {
        Frame frame = written.frame();
        LinkChannel channel = written.ticket() == 0 ? null : channels.get(frame.channel());
        if (channel != null) {
            channel.writtenLocked(written.ticket(), frame.has(Frame.URGENT));
        }
        if (frame.kind() == FrameKind.GOODBYE) {
            goodbyeSent = true;
            loseLocked("closed");
        }
    }

    @Override
    public void failedLocked(String why) {
        loseLocked(why);
    }

    /** The writer's life; it also tells that the link was lost, so that this happens once and on no event loop. */
    private void write() {
        boolean graceful;
        lock.lock();
        try {
            while (lost == null) {
                pump.runLocked(() -> false);
                pump.awaitWorkLocked();
            }
            graceful = goodbyeSent;
        } finally {
            lock.unlock();
        }
        if (graceful) {
            carrier.end();
        } else {
            carrier.abort(String.valueOf(lost));
        }
        owner.lost(this, String.valueOf(lost));
    }

    // ---- its end

    /** Says goodbye and ends the stream behind it. */
    void close(ProtocolCode code, String why) {
        lock.lock();
        try {
            if (closing == null && lost == null) {
                goodbyeLocked(code, why, why);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goodbyeLocked(ProtocolCode code, String said, String why) {
        closing = why;
        closingNanos = settings.ticker().getAsLong();
        mux.goodbye(code, said);
        pump.wakeLocked();
    }

    /** The stream is lost: everybody who waits is told why. */
    void fail(String why) {
        lock.lock();
        try {
            loseLocked(why);
        } finally {
            lock.unlock();
        }
    }

    private void loseLocked(String why) {
        if (lost == null) {
            lost = closing != null ? closing : why;
            up = false;
            channels.values().forEach(LinkChannel::wakeLocked);
            channels.clear();
            pump.wakeLocked();
            over.signalAll();
        }
    }

    /** Waits for this long at most; whether the link was lost. */
    boolean awaitLost(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (lost == null && left > 0) {
                left = over.awaitNanos(left);
            }
            return lost != null;
        } finally {
            lock.unlock();
        }
    }

    // ---- what is known of it

    Optional<Duration> roundTrip() {
        return roundTripNanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(roundTripNanos));
    }

    boolean decides() {
        return settings.decides();
    }

    boolean isDialledHere() {
        return settings.side() == Side.DIALER;
    }

    Wire wire() {
        return carrier.wire();
    }

    boolean isUp() {
        return up;
    }

    boolean wasUp() {
        return wasUp;
    }

    /** Whether its goodbye has been waiting for longer than it may. */
    boolean lingers(long nowNanos) {
        lock.lock();
        try {
            return closing != null && nowNanos - closingNanos > Transport.LINGER.toNanos();
        } finally {
            lock.unlock();
        }
    }

    Side side() {
        return settings.side();
    }

    String peer() {
        return settings.peer();
    }

    long peerInstance() {
        return peerInstance;
    }

    long startedNanos() {
        return startedNanos;
    }

    int openChannels() {
        lock.lock();
        try {
            return mux.openChannels();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a sign of life. */
    void ping(long token) {
        lock.lock();
        try {
            mux.ping(token);
            pump.wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    void recycle(byte[] array) {
        settings.pool().give(array);
    }
}
