package io.culvert.gateway;

import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.Peer;
import io.culvert.gateway.identity.PeerChange;
import io.culvert.gateway.identity.PeerRefusal;
import io.culvert.gateway.identity.PeerRoutes;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.SendLimit;
import io.culvert.gateway.stream.StreamListener;
import io.culvert.siteconfig.Bandwidth;
import io.culvert.siteconfig.PeerConfig;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which peers have a stream to this gateway, who dials, where, and how fast: what identity knows of a peer and what the site
 * file says of it, joined.
 */
final class PeerConnections {

    private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);

    private final Supplier<SiteConfig> config;
    private final SiteIdentity identity;
    private final PeerStreams streams;
    private final Whereabouts whereabouts;
    private final PeerRoutes routes;
    private final InstantSource clock;
    private volatile boolean ending;

    PeerConnections(
            Supplier<SiteConfig> config,
            SiteIdentity identity,
            PeerStreams streams,
            Whereabouts whereabouts,
            PeerRoutes routes,
            InstantSource clock) {
        this.config = config;
        this.identity = identity;
        this.streams = streams;
        this.whereabouts = whereabouts;
        this.routes = routes;
        this.clock = clock;
    }

    /** Connects every peer that is enrolled, now or later; {@code up} is told of each stream that comes. */
    void connect(Consumer<String> up) {
        streams.addListener(new StreamListener() {
            @Override
            public void up(String peer) {
                LOG.atInfo().addKeyValue("peer", peer).log("the stream is up");
                up.accept(peer);
            }

            @Override
            public void down(String peer, String why) {
                (ending ? LOG.atInfo() : LOG.atWarn()).addKeyValue("peer", peer).log("the stream is down: {}", why);
            }
        });
        identity.contexts().onPeerChanged(change -> {
            switch (change) {
                case PeerChange.Enrolled enrolled -> connect(enrolled.peer());
                case PeerChange.Changed changed -> {
                    streams.close(changed.peer().name());
                    connect(changed.peer());
                }
                case PeerChange.Revoked revoked -> streams.close(revoked.peer().name());
            }
        });
        identity.notices().endpoints(this::endpoint);
        identity.notices()
                .onHeard(heard -> streams.refused(
                        heard.bySite(),
                        "peer " + heard.bySite() + " says that it refuses this site"
                                + (heard.isProven() ? "" : " (it did not prove who it is)") + ": " + heard.reason()
                                + advice(heard.reason())));
        for (Peer peer : identity.peers().list()) {
            connect(peer);
        }
    }

    /** The stream to this peer is this gateway's. */
    void take(String name) throws IOException {
        Peer peer = identity.peers()
                .find(name)
                .orElseThrow(() -> new IOException("peer " + name + " is not enrolled here"));
        connect(peer);
    }

    /** The stream to this peer is not this gateway's any more. */
    void leave(String name, String why) {
        streams.handOver(name, why);
    }

    /** The peers that are trusted. */
    Set<String> trusted() {
        return identity.peers().list().stream()
                .filter(peer -> !peer.isRevoked())
                .map(Peer::name)
                .collect(Collectors.toSet());
    }

    private static String advice(PeerRefusal reason) {
        return switch (reason) {
            case EXPIRED, NOT_YET_VALID -> "; a clock may be wrong, check the time service (NTP) at both";
            case WRONG_CA, WRONG_SITE, REVOKED, NO_CERTIFICATE, UNKNOWN_PEER, MALFORMED_CERTIFICATE -> "";
        };
    }

    /** Where the site file says that a peer is, if it does. */
    private Optional<Endpoint> endpoint(String peer) {
        return config.get().peer(new SiteName(peer)).endpoint().map(at -> new Endpoint(at.host(), at.port()));
    }

    /** What the site file says, or else where it was enrolled and what it has told of its gateways since. */
    private List<InetSocketAddress> endpoints(Peer peer) {
        Optional<Endpoint> named = endpoint(peer.name());
        if (named.isPresent()) {
            return List.of(unresolved(named.get()));
        }
        Set<InetSocketAddress> all = new LinkedHashSet<>();
        all.add(unresolved(peer.endpoint()));
        routes.of(peer.name()).forEach(one -> all.add(unresolved(one)));
        return List.copyOf(all);
    }

    private static InetSocketAddress unresolved(Endpoint at) {
        return InetSocketAddress.createUnresolved(at.host(), at.port());
    }

    private void connect(Peer peer) {
        if (peer.isRevoked()) {
            return;
        }
        if (!whereabouts.isHere(Thing.peer(peer.name()))) {
            streams.handOver(peer.name(), whereabouts.sentence(Thing.peer(peer.name())));
            return;
        }
        PeerConfig settings = config.get().peer(new SiteName(peer.name()));
        streams.limit(peer.name(), limit(peer.name()));
        if (settings.dial().orElse(peer.dials())) {
            streams.dial(peer.name(), () -> endpoints(peer));
        } else {
            streams.await(peer.name());
        }
    }

    /** The limit of the moment, looked up each time, so that a reload and the time of day count at once. */
    private SendLimit limit(String peer) {
        SiteName name = new SiteName(peer);
        return () -> config.get()
                .peer(name)
                .bandwidth()
                .limitAt(clock.instant(), ZoneId.systemDefault())
                .map(Bandwidth::bytesPerSecond)
                .orElse(SendLimit.UNLIMITED);
    }

    /** Connects those peers anew whose endpoint or dialling changed with the site file. */
    void reload(SiteConfig before, SiteConfig next) {
        for (Peer peer : identity.peers().list()) {
            SiteName name = new SiteName(peer.name());
            PeerConfig was = before.peer(name);
            PeerConfig is = next.peer(name);
            if (!peer.isRevoked()
                    && !(was.endpoint().equals(is.endpoint()) && was.dial().equals(is.dial()))) {
                streams.close(peer.name());
                connect(peer);
            }
        }
    }

    /** The gateway stops: that streams go down is no trouble any more. */
    void end() {
        ending = true;
    }
}
