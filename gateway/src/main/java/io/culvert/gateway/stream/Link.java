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
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One live stream: joins the machine, the call under it, and the channels on top.
 *
 * <p>One thread at a time writes, without the lock: whoever sends, as long as its own message is not out; the event loop when the
 * transport is ready again; else the link's writer, a virtual thread that takes over what credit or the throttle let go later. The one lock
 * guards the machine and all that is handed it: {@link LinkLife}, {@link LinkChannels}, {@link LinkChannel}, {@link
 * Pump}. The owner is called without it.
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

    final ReentrantLock lock = new ReentrantLock();
    private final LinkLife life;
    private final LinkChannels channels = new LinkChannels();
    private final ArrayDeque<LinkChannel> toTell = new ArrayDeque<>();

    private volatile long roundTripNanos = -1;
    private volatile long peerInstance;

    Link(LinkSettings settings, Carrier carrier, Owner owner) {
        this.settings = settings;
        this.carrier = carrier;
        this.owner = owner;
        String site = GatewayName.siteOf(settings.peer());
        this.mux = new Mux(settings.side(), settings.hello(), site, settings.pool(), settings.windows());
        this.pump = new Pump(lock, mux, carrier, new Throttle(settings.limit(), settings.ticker()), this);
        this.life = new LinkLife(lock, settings.ticker().getAsLong());
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
        Thread.ofVirtual().name("stream-keepalive-" + settings.peer()).start(new Keepalive(this, life, settings)::run);
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
            life.upLocked();
            pump.wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    // ---- what gRPC calls, on the event loop

    /** Writes at once what waited for this: that is quicker than to wake the writer, and never waits. */
    void onReady() {
        lock.lock();
        try {
            pump.runLocked(() -> false);
        } finally {
            lock.unlock();
        }
    }

    void onFrame(Frame frame) {
        List<Effect> effects;
        LinkChannel heard = null;
        lock.lock();
        try {
            effects = mux.receive(frame);
            for (Effect effect : effects) { // of one frame, so of one channel
                heard = applyLocked(effect);
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
        if (heard != null) {
            heard.tell();
        }
    }

    /** Returns the channel whose listener is to be told. */
    private @Nullable LinkChannel applyLocked(Effect effect) {
        switch (effect) {
            case Effect.Delivered delivered -> {
                return channels.deliveredLocked(delivered);
            }
            case Effect.Finished finished -> {
                return channels.finishedLocked(finished);
            }
            case Effect.Reset reset -> {
                return channels.resetLocked(reset);
            }
            case Effect.Opened opened -> channels.addLocked(new LinkChannel(this, opened.channel(), opened.kind()));
            case Effect.Ponged ponged -> roundTripNanos = settings.ticker().getAsLong() - ponged.token();
            case Effect.Greeted ignored -> {}
            case Effect.Ended ignored -> {}
        }
        return null;
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
            return channels.getLocked(id);
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
            if (life.isLost() || !mux.canOpen()) {
                return null;
            }
            LinkChannel channel = new LinkChannel(this, mux.open(kind, payload), kind);
            channels.addLocked(channel);
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
        return life.lostWhy();
    }

    /** Whether it was lost or is about to be: nothing more goes but its goodbye. */
    boolean isEndingLocked() {
        return life.isEndingLocked();
    }

    void wakeWriterLocked() {
        pump.wakeLocked();
    }

    void forgetLocked(LinkChannel channel) {
        channels.forgetLocked(channel);
    }

    /** The channel's listener is to be told, by whoever pumps, without the lock. */
    void toTellLocked(LinkChannel channel) {
        toTell.addLast(channel);
    }

    @Override
    public boolean hasNewsLocked() {
        return !toTell.isEmpty();
    }

    @Override
    public void tellNews() {
        for (LinkChannel next = nextToTell(); next != null; next = nextToTell()) {
            next.tell();
        }
    }

    private @Nullable LinkChannel nextToTell() {
        lock.lock();
        try {
            return toTell.pollFirst();
        } finally {
            lock.unlock();
        }
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
        return life.isLost();
    }

    @Override
    public void writtenLocked(Outgoing written) {
        channels.writtenLocked(written);
        if (written.frame().kind() == FrameKind.GOODBYE) {
            life.saidGoodbyeLocked();
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
            while (!life.isLost()) {
                pump.runLocked(() -> false);
                pump.awaitWorkLocked();
            }
            graceful = life.hasSaidGoodbyeLocked();
        } finally {
            lock.unlock();
        }
        if (graceful) {
            carrier.end();
        } else {
            carrier.abort(String.valueOf(life.lostWhy()));
        }
        owner.lost(this, String.valueOf(life.lostWhy()));
        tellNews();
    }

    // ---- its end

    /** Says goodbye and ends the stream behind it. */
    void close(ProtocolCode code, String why) {
        lock.lock();
        try {
            if (!life.isEndingLocked()) {
                goodbyeLocked(code, why, why);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goodbyeLocked(ProtocolCode code, String said, String why) {
        life.closingLocked(why, settings.ticker().getAsLong());
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
        if (life.loseLocked(why)) {
            mux.close();
            toTell.addAll(channels.loseLocked());
            pump.wakeLocked();
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

    boolean wasUp() {
        return life.wasUp();
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
