package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Hello;
import io.culvert.proto.frame.ProtocolCode;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one peer, and which of its streams is the one.
 *
 * <p>One stream for each pair, whichever side dials: of the two sites, the one whose name sorts first decides. It says
 * its hello last, and only to the stream that it takes; the other side takes each stream on which that hello comes. The
 * deciding side refuses a second stream with DUPLICATE if the one it has was dialled by the other side and by the same
 * process (both dialled at once), and lets it replace the first otherwise (the dialler lost it, or was restarted).
 */
final class Peer implements Link.Owner {

    /** What a peer tells of itself. */
    interface Events {

        /** Ups and downs come in turn, with the peer's lock: to be passed on, not acted on. */
        void up(String peer);

        void down(String peer, String why);

        /** Without the lock. */
        void opened(LinkChannel channel, Slice payload);
    }

    private static final String NEWER = "a newer stream of the same two sites took over";

    private final String name;
    private final InstantSource clock;
    private final Events events;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Link current;
    private StreamState state = StreamState.AWAITED;
    private Instant since;
    private String why = "it has not connected yet";
    private @Nullable String lastRefusal;
    private volatile SendLimit limit = SendLimit.none();
    private int diallers;
    private int currentDialler;
    private boolean closed;
    private boolean elsewhere;
    private boolean hinted;
    private long pastBytesIn;
    private long pastBytesOut;
    private long connections;

    Peer(String name, InstantSource clock, Events events) {
        this.name = name;
        this.clock = clock;
        this.events = events;
        this.since = clock.instant();
    }

    String name() {
        return name;
    }

    void limit(SendLimit other) {
        limit = other;
    }

    SendLimit limit() {
        return () -> limit.bytesPerSecond();
    }

    /** Opens a channel in the live stream. */
    Channel open(ChannelKind kind, Slice payload) throws PeerDownException {
        lock.lock();
        try {
            Link link = current;
            if (link == null) {
                throw new PeerDownException(name, state, why);
            }
            LinkChannel channel = link.open(kind, payload);
            String lost = link.lostWhy();
            if (channel == null && lost != null) {
                throw new PeerDownException(name, StreamState.AWAITED, lost);
            }
            if (channel == null) {
                throw new PeerDownException(name, state, "it takes no more channels now");
            }
            return channel;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void greeted(Link link, Hello hello) {
        lock.lock();
        try {
            Link old = current;
            if (link.lostWhy() != null) { // else its loss is told later
                return;
            }
            if (closed) {
                link.close(ProtocolCode.CLOSED, why);
                return;
            }
            if (old != null && link.decides() && !replaces(link, hello, old)) {
                link.close(ProtocolCode.DUPLICATE, "the stream that " + name + " dialled and this side has is in use");
                return;
            }
            if (old != null) { // before anything comes through the newer one
                old.close(ProtocolCode.REPLACED, NEWER);
            }
            link.confirm(hello);
            current = link;
            connections++;
            lastRefusal = null;
            enterLocked(StreamState.UP, "");
            if (old != null) {
                events.down(name, NEWER);
            }
            events.up(name);
        } finally {
            lock.unlock();
        }
    }

    private static boolean replaces(Link link, Hello hello, Link old) {
        return link.side() == old.side() || hello.instance() != old.peerInstance();
    }

    @Override
    public void opened(LinkChannel channel, Slice payload) {
        events.opened(channel, payload);
    }

    @Override
    public void lost(Link link, String reason) {
        lock.lock();
        try {
            pastBytesIn += link.wire().bytesIn();
            pastBytesOut += link.wire().bytesOut();
            if (!link.wasUp()) {
                lastRefusal = reason;
            }
            if (current == link) {
                current = null;
                enterLocked(closed ? StreamState.CLOSED : StreamState.AWAITED, reason);
                events.down(name, reason);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One of the two sites refused the other; kept until a stream is up. */
    void refused(String sentence) {
        lock.lock();
        try {
            if (current == null) {
                lastRefusal = sentence;
            }
        } finally {
            lock.unlock();
        }
    }

    private void enterLocked(StreamState next, String reason) {
        if (state != next) {
            since = clock.instant();
        }
        state = next;
        why = reason;
        changed.signalAll();
    }

    // ---- what the dialler calls

    /** Waits until there is no stream; false if the dialler with this number is to stop. */
    boolean awaitDown(int dialler) throws InterruptedException {
        lock.lock();
        try {
            while (current != null && dialler == currentDialler) {
                changed.await();
            }
            boolean go = dialler == currentDialler;
            if (go) {
                enterLocked(StreamState.DIALING, why);
            }
            return go;
        } finally {
            lock.unlock();
        }
    }

    /** An attempt failed, or its stream ended; waits this long, or until a hint, a stream or the end. */
    void failed(String reason, @Nullable String refusal, Duration wait) throws InterruptedException {
        lock.lock();
        try {
            if (refusal != null) {
                lastRefusal = refusal;
            }
            if (current != null || closed) {
                return;
            }
            enterLocked(StreamState.BACKING_OFF, reason);
            long left = wait.toNanos();
            while (left > 0 && current == null && !closed && !hinted) {
                left = changed.awaitNanos(left);
            }
            hinted = false;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody believes that the peer is there now: the dialler waits no longer. */
    void hint() {
        lock.lock();
        try {
            hinted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the dialler that the caller is to start; 0 if there is one already. */
    int claimDialler() {
        lock.lock();
        try {
            if (currentDialler != 0) {
                return 0;
            }
            currentDialler = ++diallers;
            return currentDialler;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream; no other comes until {@link #reopen}. */
    void close(ProtocolCode code, String reason) {
        Link link;
        lock.lock();
        try {
            closed = true;
            currentDialler = 0;
            link = current;
            enterLocked(StreamState.CLOSED, reason);
        } finally {
            lock.unlock();
        }
        if (link != null) {
            link.close(code, reason);
        }
    }

    /** The same, because another gateway of this site is to have the stream. */
    void handOver(String reason) {
        lock.lock();
        try {
            elsewhere = true;
        } finally {
            lock.unlock();
        }
        close(ProtocolCode.CLOSED, reason);
    }

    /** Why the stream is not for this gateway, if it is not. */
    Optional<String> elsewhere() {
        lock.lock();
        try {
            return elsewhere ? Optional.of(why) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void reopen() {
        lock.lock();
        try {
            elsewhere = false;
            if (closed) {
                closed = false;
                enterLocked(StreamState.AWAITED, "it has not connected yet");
            }
        } finally {
            lock.unlock();
        }
    }

    /** The status of a peer that is not set up. */
    StreamStatus unknown() {
        lock.lock();
        try {
            enterLocked(StreamState.UNKNOWN, "no peer of this name is set up here");
        } finally {
            lock.unlock();
        }
        return status();
    }

    /** That of the stream, null if there is none. */
    @Nullable
    EventLoop eventLoop() {
        lock.lock();
        try {
            return current == null ? null : current.wire().eventLoop();
        } finally {
            lock.unlock();
        }
    }

    /** About how much the live connection has sent again; 0 if there is none. */
    long againBytes() {
        lock.lock();
        try {
            return current == null ? 0 : current.wire().againBytes();
        } finally {
            lock.unlock();
        }
    }

    StreamStatus status() {
        lock.lock();
        try {
            Optional<Link> live = Optional.ofNullable(current);
            Optional<Wire> wire = live.map(Link::wire);
            return new StreamStatus(
                    name,
                    state,
                    since,
                    why,
                    live.flatMap(Link::roundTrip),
                    pastBytesIn + wire.map(Wire::bytesIn).orElse(0L),
                    pastBytesOut + wire.map(Wire::bytesOut).orElse(0L),
                    connections,
                    Optional.ofNullable(lastRefusal),
                    wire.map(Wire::remote).map(Object::toString),
                    wire.map(Wire::congestionControl),
                    live.map(Link::isDialledHere).orElse(false),
                    live.map(Link::openChannels).orElse(0));
        } finally {
            lock.unlock();
        }
    }
}
