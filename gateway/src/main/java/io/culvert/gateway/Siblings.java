package io.culvert.gateway;

import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.StreamStatus;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams to the other gateways of this site, through which each reaches what another one has: one between each two, which the one with the
 * higher number dials where the other shows itself in etcd.
 */
final class Siblings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Siblings.class);
    private static final Duration EACH = Duration.ofSeconds(1);

    private final GatewayName own;
    private final Whereabouts whereabouts;
    private final PeerStreams streams;
    private final Map<GatewayName, String> connected = new HashMap<>();
    private final NowAndThen looks =
            new NowAndThen(Thread.ofVirtual().name("siblings"), EACH, Duration.ZERO, this::look);

    Siblings(GatewayName own, Whereabouts whereabouts, PeerStreams streams) {
        this.own = own;
        this.whereabouts = whereabouts;
        this.streams = streams;
    }

    void start() {
        looks.start();
    }

    private void look() {
        Map<GatewayName, String> wanted = new HashMap<>();
        for (Book.Gateway one : whereabouts.gateways()) {
            boolean serves = one.mode() == Book.Mode.SERVING || one.mode() == Book.Mode.DRAINING;
            if (serves && one.number() != own.number()) {
                wanted.put(new GatewayName(own.site(), one.number()), one.endpoint());
            }
        }
        connected.entrySet().removeIf(one -> {
            boolean gone = !one.getValue().equals(wanted.get(one.getKey()));
            if (gone) {
                streams.close(one.getKey().toString());
            }
            return gone;
        });
        wanted.forEach((name, endpoint) -> {
            if (!connected.containsKey(name)) {
                connect(name, endpoint);
                connected.put(name, endpoint);
            }
        });
    }

    private void connect(GatewayName name, String shown) {
        if (own.number() < name.number()) {
            streams.await(name.toString());
            return;
        }
        Optional<Endpoint> at = Endpoint.parse(shown);
        if (at.isEmpty()) {
            LOG.warn("gateway {} of this site shows an endpoint that cannot be: {}", name, shown);
            return;
        }
        InetSocketAddress address =
                InetSocketAddress.createUnresolved(at.get().host(), at.get().port());
        streams.dial(name.toString(), () -> List.of(address));
    }

    /** The gateway that has this thing, if it is another one. */
    Optional<GatewayName> with(Thing thing) {
        return whereabouts.of(thing) instanceof Whereabouts.Place.Elsewhere other
                ? GatewayName.parse(other.gateway())
                : Optional.empty();
    }

    /** The other gateways that have any of these pools. */
    Set<GatewayName> withPools(Set<String> pools) {
        Set<GatewayName> all = new TreeSet<>((one, other) -> Integer.compare(one.number(), other.number()));
        pools.forEach(pool -> with(Thing.pool(pool)).ifPresent(all::add));
        return all;
    }

    /** Why this gateway does not reach another one that runs; empty if it does, and of itself. */
    Optional<String> trouble(int number) {
        StreamStatus status = streams.status(new GatewayName(own.site(), number).toString());
        return number == own.number() || status.state() == StreamState.UP
                ? Optional.empty()
                : Optional.of(own + " does not reach it: "
                        + status.lastRefusal().orElse(status.why())
                        + "; what one of them has is of no use to the other's peers and jobs");
    }

    @Override
    public void close() {
        looks.close();
    }
}
