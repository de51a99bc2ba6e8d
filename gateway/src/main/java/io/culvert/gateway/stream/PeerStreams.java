package io.culvert.gateway.stream;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Hello;
import io.culvert.proto.channel.Limits;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.channel.Side;
import io.culvert.proto.channel.WindowBudget;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.StreamMethod;
import io.culvert.proto.v1.Forwarded;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams to all peers: one TCP connection and one gRPC call for each, dialled from here or from there.
 *
 * <p>Thread-safe. Nobody hangs on a peer that is not there: {@link #open} fails at once with its state.
 */
public final class PeerStreams implements AutoCloseable {

    /** What diallers need beside the settings. */
    record Engine(Transport transport, MethodDescriptor<Frame, Frame> method, Dial.Linker linker) {}

    private static final Logger LOG = LoggerFactory.getLogger(PeerStreams.class);

    private final StreamSettings settings;
    private final PeerSecurity security;
    private final Hello hello;
    private final BytePool pool = new BytePool();
    private final WindowBudget windows = new WindowBudget();
    private final Transport transport = new Transport();
    private final LiveThreads live = new LiveThreads();
    private final Engine engine;
    private final StreamServer server;
    private final Serving serving;
    private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<StreamListener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService listenerThread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("stream-events").factory());

    private PeerStreams(StreamSettings settings, PeerSecurity security) throws IOException {
        this.settings = settings;
        this.security = security;
        this.serving = new Serving(settings.site(), settings.servedPerKind(), this::open);
        this.hello = Hello.of(settings.site(), settings.random().nextLong());
        MethodDescriptor<Frame, Frame> method = StreamMethod.carry(pool);
        this.engine = new Engine(transport, method, this::link);
        try {
            this.server = new StreamServer(settings, security, engine, this::refused, this::elsewhere);
        } catch (IOException e) {
            transport.close();
            throw e;
        }
    }

    /** Listens for peers from now on; none is dialled yet. */
    public static PeerStreams start(StreamSettings settings, PeerSecurity security) throws IOException {
        return new PeerStreams(settings, security);
    }

    /** Where peers connect to. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** How many TCP connections come in now, streams or not. */
    public int acceptedConnections() {
        return server.connections();
    }

    /** The last callers that were refused, with time, address and reason; oldest first, at most 32. */
    public List<String> refusals() {
        return server.refusals();
    }

    /** Makes the TCP connections of relayed flows, on the event loops of the streams. */
    public Sockets sockets() {
        return new Sockets(
                transport.group(),
                peer -> {
                    Peer known = peers.get(peer);
                    return known == null ? null : known.eventLoop();
                },
                pool);
    }

    // ---- peers

    /** Dials this peer at one endpoint; see {@link #dial(String, Supplier)}. */
    public void dial(String peer, String host, int port) {
        List<InetSocketAddress> one = List.of(InetSocketAddress.createUnresolved(host, port));
        dial(peer, () -> one);
    }

    /**
     * Dials this peer from now on, whenever there is no stream to it, one endpoint after the other.
     *
     * @param endpoints at least one, asked before each attempt; names are resolved anew each time
     */
    public void dial(String peer, Supplier<List<InetSocketAddress>> endpoints) {
        Peer known = peer(peer);
        known.reopen();
        int number = known.claimDialler();
        if (number != 0) {
            live.add(Thread.ofVirtual()
                    .name("stream-dialler-" + peer)
                    .start(new Dialler(known, number, endpoints, settings, security, engine)));
        }
    }

    /** Awaits this peer, which dials by itself; it is then known to {@link #status} before it has come. */
    public void await(String peer) {
        peer(peer).reopen();
    }

    /**
     * Ends the stream to this peer, which another gateway of this site is to have, until {@link #dial} or {@link #await}: who dials is told
     * so, and tries the others.
     */
    public void handOver(String peer, String why) {
        peer(peer).handOver(why);
    }

    private Optional<String> elsewhere(String peer) {
        Peer known = peers.get(peer);
        return known == null ? Optional.empty() : known.elsewhere();
    }

    /** The peer may be there now: a dialler that waits tries at once. */
    public void hintUp(String peer) {
        peer(peer).hint();
    }

    /** Sends bulk to this peer no faster than this, effective within a second. */
    public void limit(String peer, SendLimit limit) {
        peer(peer).limit(limit);
    }

    /** Ends the stream to this peer and lets none come until {@link #dial} or {@link #await}. */
    public void close(String peer) {
        close(peer, settings.site() + " closed the stream");
    }

    /** The same, with the reason that both sites show. */
    public void close(String peer, String why) {
        peer(peer).close(ProtocolCode.CLOSED, why);
    }

    /** One of the two sites refused the other, outside a stream; says so in the peer's status if it is known. */
    public void refused(String peer, String sentence) {
        Peer known = peers.get(peer);
        if (known != null) {
            known.refused(sentence);
        }
    }

    private Peer peer(String name) {
        return peers.computeIfAbsent(name, fresh -> new Peer(fresh, settings.clock(), new Events()));
    }

    public StreamStatus status(String peer) {
        Peer known = peers.get(peer);
        return known != null ? known.status() : unknown(peer);
    }

    /** About how many bytes the live connection with a peer has sent again so far; 0 if there is none. */
    public long againBytes(String peer) {
        Peer known = peers.get(peer);
        return known == null ? 0 : known.againBytes();
    }

    /** All peers that are known, by name; other gateways of this site are none. */
    public List<StreamStatus> statuses() {
        return peers.keySet().stream()
                .filter(PeerStreams::isPeer)
                .sorted()
                .map(this::status)
                .toList();
    }

    private static boolean isPeer(String name) {
        return GatewayName.parse(name).isEmpty();
    }

    private StreamStatus unknown(String peer) {
        return new Peer(peer, settings.clock(), new Events()).unknown();
    }

    /** Adds one for the streams to peers. */
    public void addListener(StreamListener listener) {
        listeners.add(listener);
    }

    // ---- channels

    /**
     * Opens a channel to this peer.
     *
     * @throws PeerDownException at once, naming the peer's state and why, if there is no stream
     */
    public Channel open(String peer, ChannelKind kind, Slice openPayload) throws PeerDownException {
        Peer known = peers.get(peer);
        if (known == null) {
            throw new PeerDownException(peer, StreamState.UNKNOWN, "no peer of this name is set up here");
        }
        return known.open(kind, openPayload);
    }

    /**
     * Opens a channel to a peer whose stream another gateway of this site has, through that gateway. If it has no stream to the peer, it
     * resets the channel, saying so.
     *
     * @throws PeerDownException if that gateway is not connected
     */
    public Channel openThrough(GatewayName gateway, String peer, ChannelKind kind, Slice opening)
            throws PeerDownException {
        return pass(gateway, peer, kind, opening, true);
    }

    /**
     * Has another gateway of this site serve a channel of a peer whose stream is here; {@link #join} then passes on what comes.
     *
     * @throws PeerDownException if that gateway is not connected
     */
    public Channel openAt(GatewayName gateway, String peer, ChannelKind kind, Slice opening) throws PeerDownException {
        return pass(gateway, peer, kind, opening, false);
    }

    private Channel pass(GatewayName gateway, String peer, ChannelKind kind, Slice opening, boolean outward)
            throws PeerDownException {
        if (opening.length() > Limits.MAX_OPEN_BYTES - Limits.MAX_ENVELOPE_BYTES) {
            throw new PeerDownException(
                    peer, StreamState.UP, "what the channel is opened with is too long to be passed on by " + gateway);
        }
        byte[] envelope = Forwarded.newBuilder()
                .setPeer(peer)
                .setOutward(outward)
                .setOpening(ByteString.copyFrom(opening.array(), opening.offset(), opening.length()))
                .build()
                .toByteArray();
        return new OnBehalf(open(gateway.toString(), kind, Slice.of(envelope)), peer);
    }

    /** Passes on what comes in each of two channels to the other one, until both have ended. */
    public static void join(Channel one, Channel other) throws InterruptedException {
        Passage.run(one, other);
    }

    /** Serves channels of this kind that peers open, each on a virtual thread of its own. */
    public void onOpen(ChannelKind kind, ChannelHandler handler) {
        onOpen(kind, settings.servedPerKind(), settings.servedPerKind(), handler);
    }

    /** The same, at most so many at a time of all peers and of one; the others are reset with {@link ResetCode#LIMIT}. */
    public void onOpen(ChannelKind kind, int most, int mostOfOne, ChannelHandler handler) {
        serving.add(kind, new Served(handler, most, mostOfOne));
    }

    // ---- links

    private Link link(Side side, String name, Carrier carrier) {
        Peer peer = peer(name);
        String own = GatewayName.parse(name).isPresent()
                ? new GatewayName(settings.site(), settings.gateway()).toString()
                : settings.site();
        LinkSettings made = new LinkSettings(
                side,
                name,
                own.compareTo(name) < 0,
                hello,
                peer.limit(),
                settings.timing(),
                settings.ticker(),
                pool,
                windows);
        Link link = new Link(made, carrier, peer);
        live.add(link.start());
        return link;
    }

    private final class Events implements Peer.Events {

        @Override
        public void up(String peer) {
            tell(peer, () -> listeners.forEach(listener -> listener.up(peer)));
        }

        @Override
        public void down(String peer, String why) {
            tell(peer, () -> listeners.forEach(listener -> listener.down(peer, why)));
        }

        private void tell(String peer, Runnable event) {
            if (!listenerThread.isShutdown() && isPeer(peer)) {
                listenerThread.execute(event);
            }
        }

        @Override
        public void opened(LinkChannel channel, Slice payload) {
            serving.opened(channel, payload);
        }
    }

    /** Says goodbye to every peer, waits a moment for it to leave, and stops. */
    @Override
    public void close() {
        peers.values().forEach(peer -> peer.close(ProtocolCode.STOPPING, settings.site() + " stops"));
        live.join(Transport.LINGER);
        server.close();
        serving.close();
        listenerThread.shutdown();
        transport.close();
    }
}
