package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Hello;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.channel.Side;
import io.culvert.proto.channel.WindowBudget;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.StreamMethod;
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
    private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ChannelKind, Served> served = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<StreamListener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService channelThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("channel-", 0).factory());
    private final ExecutorService listenerThread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("stream-events").factory());

    private PeerStreams(StreamSettings settings, PeerSecurity security) throws IOException {
        this.settings = settings;
        this.security = security;
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

    /** All peers that are known, by name. */
    public List<StreamStatus> statuses() {
        return peers.keySet().stream().sorted().map(this::status).toList();
    }

    private StreamStatus unknown(String peer) {
        return new Peer(peer, settings.clock(), new Events()).unknown();
    }

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

    /** Serves channels of this kind that peers open, each on a virtual thread of its own. */
    public void onOpen(ChannelKind kind, ChannelHandler handler) {
        onOpen(kind, settings.servedPerKind(), settings.servedPerKind(), handler);
    }

    /** The same, at most so many at a time of all peers and of one; the others are reset with {@link ResetCode#LIMIT}. */
    public void onOpen(ChannelKind kind, int most, int mostOfOne, ChannelHandler handler) {
        served.put(kind, new Served(handler, most, mostOfOne));
    }

    private void serve(LinkChannel channel, Slice payload) {
        Served server = served.get(channel.kind());
        if (server == null) {
            channel.reset(ResetCode.UNSUPPORTED, settings.site() + " serves no " + channel.kind());
            return;
        }
        Optional<String> full = server.enter(channel.peer());
        if (full.isPresent()) {
            channel.reset(
                    ResetCode.LIMIT,
                    settings.site() + " serves no more of " + channel.kind() + " now than " + full.get());
            return;
        }
        channelThreads.execute(() -> {
            try {
                run(server.handler(), channel, payload);
            } finally {
                server.leave(channel.peer());
            }
        });
    }

    private static void run(ChannelHandler handler, LinkChannel channel, Slice payload) {
        try {
            handler.serve(channel, payload);
        } catch (InterruptedException e) {
            channel.reset(ResetCode.STOPPING, "the gateway stops");
            Thread.currentThread().interrupt();
        } catch (StreamException e) {
            LOG.atDebug()
                    .addKeyValue("peer", channel.peer())
                    .addKeyValue("kind", channel.kind())
                    .log("channel ended: {}", e.getMessage());
        } catch (Exception e) {
            channel.reset(ResetCode.FAILED, String.valueOf(e.getMessage()));
            LOG.atWarn()
                    .addKeyValue("peer", channel.peer())
                    .addKeyValue("kind", channel.kind())
                    .setCause(e)
                    .log("serving a channel failed");
        } finally {
            channel.close();
        }
    }

    // ---- links

    private Link link(Side side, String name, Carrier carrier) {
        Peer peer = peer(name);
        LinkSettings made = new LinkSettings(
                side,
                name,
                settings.site().compareTo(name) < 0,
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
            tell(() -> listeners.forEach(listener -> listener.up(peer)));
        }

        @Override
        public void down(String peer, String why) {
            tell(() -> listeners.forEach(listener -> listener.down(peer, why)));
        }

        private void tell(Runnable event) {
            if (!listenerThread.isShutdown()) {
                listenerThread.execute(event);
            }
        }

        @Override
        public void opened(LinkChannel channel, Slice payload) {
            serve(channel, payload);
        }
    }

    /** Says goodbye to every peer, waits a moment for it to leave, and stops. */
    @Override
    public void close() {
        peers.values().forEach(peer -> peer.close(ProtocolCode.STOPPING, settings.site() + " stops"));
        live.join(Transport.LINGER);
        server.close();
        channelThreads.shutdownNow();
        listenerThread.shutdown();
        transport.close();
    }
}
