package io.culvert.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.PeerRoutes;
import io.culvert.gateway.identity.SharedPeers;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.StreamListener;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.v1.GatewaysNotice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gateways of a site tell each other in etcd, and their peers in the streams: which peers are trusted, and where all gateways of
 * each site are reached. So any of them can go on when another is gone.
 */
final class SiteTalk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SiteTalk.class);
    private static final Duration EACH = Duration.ofSeconds(2);
    private static final String PEER = "peer/";
    private static final String ROUTE = "route/";

    private final Endpoint own;
    private final SharedPeers shared;
    private final PeerRoutes routes;
    private final Optional<GatewayRegister> gateways;
    private final PeerStreams streams;
    private final Whereabouts whereabouts;
    private final Pools pools;
    private final Map<String, GatewaysNotice> told = new ConcurrentHashMap<>();
    private String disbelieved = "";
    private final NowAndThen looks =
            new NowAndThen(Thread.ofVirtual().name("site-talk"), EACH, Duration.ZERO, this::look);

    /**
     * What is talked about pools.
     *
     * @param mayWrite the pools that a peer may write to
     */
    record Pools(
            PoolIds ids,
            PoolNames names,
            PeerPools ofPeers,
            OpenPools open,
            Rehoming rehoming,
            Function<String, Set<String>> mayWrite) {}

    /** @param own where peers reach this gateway */
    SiteTalk(
            Endpoint own,
            SharedPeers shared,
            PeerRoutes routes,
            Optional<GatewayRegister> gateways,
            PeerStreams streams,
            Whereabouts whereabouts,
            Pools pools) {
        this.own = own;
        this.shared = shared;
        this.routes = routes;
        this.gateways = gateways;
        this.streams = streams;
        this.whereabouts = whereabouts;
        this.pools = pools;
    }

    void start() {
        streams.onOpen(ChannelKind.GATEWAYS, this::heard);
        streams.addListener(new StreamListener() {
            @Override
            public void up(String peer) {
                told.remove(peer);
                tell(peer);
            }

            @Override
            public void down(String peer, String why) {
                told.remove(peer);
            }
        });
        looks.start();
    }

    private void look() {
        List.copyOf(told.keySet()).forEach(this::tell);
        if (!whereabouts.isAlone() && gateways.isPresent()) {
            exchange(gateways.get());
        }
        pools.rehoming().look();
    }

    // ---- with peers

    /** Tells a peer where the gateways of this site are, and what pools are called now, if it has not heard that in this stream. */
    private void tell(String peer) {
        GatewaysNotice now = GatewaysNotice.newBuilder()
                .addAllEndpoint(endpoints())
                .addAllRenamedPool(
                        PeerPools.notice(pools.names(), pools.mayWrite().apply(peer)))
                .build();
        if (now.equals(told.get(peer))) {
            return;
        }
        try {
            Channel channel = streams.open(peer, ChannelKind.GATEWAYS, Slice.of(now.toByteArray()));
            channel.finish();
            told.put(peer, now);
            Thread.ofVirtual().name("told " + peer).start(() -> awaitEnd(channel));
        } catch (StreamException e) {
            LOG.atDebug().addKeyValue("peer", peer).log("is told of this site's gateways later: {}", e.getMessage());
        }
    }

    private static void awaitEnd(Channel channel) {
        try (channel) {
            channel.receive();
        } catch (StreamException e) {
            LOG.atDebug().addKeyValue("peer", channel.peer()).log("did not hear of gateways: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** This gateway's own first: it has the stream. */
    private List<String> endpoints() {
        Stream<String> others = whereabouts.gateways().stream()
                .filter(one -> one.mode() == Book.Mode.SERVING || one.mode() == Book.Mode.DRAINING)
                .map(Book.Gateway::endpoint);
        return Stream.concat(Stream.of(own.toString()), others)
                .distinct()
                .limit(PeerRoutes.MAX_ENDPOINTS)
                .toList();
    }

    private void heard(Channel channel, Slice opening) throws StreamException, InterruptedException {
        try {
            GatewaysNotice notice =
                    GatewaysNotice.parser().parseFrom(opening.array(), opening.offset(), opening.length());
            learn(channel.peer(), PeerRoutes.read(notice.getEndpointList()));
            if (pools.ofPeers().learn(channel.peer(), notice)) {
                pools.rehoming().hurry();
            }
        } catch (InvalidProtocolBufferException e) {
            LOG.atWarn().addKeyValue("peer", channel.peer()).log("a notice that cannot be read: {}", e.getMessage());
        }
        channel.finish();
        channel.receive();
    }

    private void learn(String peer, List<Endpoint> endpoints) {
        try {
            if (!endpoints.isEmpty() && routes.learn(peer, endpoints)) {
                LOG.atInfo().addKeyValue("peer", peer).log("is reached at {}", endpoints);
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("peer", peer).log("where it is reached cannot be kept: {}", e.getMessage());
        }
    }

    // ---- with the other gateways of this site

    private void exchange(GatewayRegister etcd) {
        try {
            Map<String, byte[]> there = named(etcd.notes(PEER), PEER);
            for (Map.Entry<String, byte[]> lacking :
                    shared.exchange(there, this::disbelieve).entrySet()) {
                etcd.note(PEER + lacking.getKey(), lacking.getValue());
            }
            exchangeRoutes(etcd);
            pools.ids().refresh();
            pools.names().exchange(name -> pools.open().pool(name).isPresent());
            pools.names().settle(pools.open().named(), pools.ids()::of);
        } catch (IOException e) {
            LOG.debug("what gateways tell each other is told later: {}", e.getMessage());
        }
    }

    /** Once, not each time that it is read until somebody has replaced it. */
    private void disbelieve(String sentence) {
        if (!sentence.equals(disbelieved)) {
            LOG.error("{}; it is replaced", sentence);
            disbelieved = sentence;
        }
    }

    /** Who has the stream to a peer knows best where that is. */
    private void exchangeRoutes(GatewayRegister etcd) throws IOException {
        Map<String, byte[]> there = named(etcd.notes(ROUTE), ROUTE);
        for (String peer : routes.peers()) {
            String known = String.join(
                    "\n", routes.of(peer).stream().map(Endpoint::toString).toList());
            boolean same = known.equals(text(there.getOrDefault(peer, new byte[0])));
            if (!same && whereabouts.isHere(Thing.peer(peer))) {
                etcd.note(ROUTE + peer, known.getBytes(StandardCharsets.US_ASCII));
                there.remove(peer);
            }
        }
        there.forEach((peer, text) -> {
            if (!whereabouts.isHere(Thing.peer(peer)) || routes.of(peer).isEmpty()) {
                learn(peer, PeerRoutes.read(text(text).lines().toList()));
            }
        });
    }

    private static Map<String, byte[]> named(Map<String, byte[]> notes, String kind) {
        Map<String, byte[]> named = new HashMap<>();
        notes.forEach((name, content) -> named.put(name.substring(kind.length()), content));
        return named;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        looks.close();
    }
}
