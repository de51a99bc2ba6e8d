package io.culvert.gateway;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.cli.LocalWork.ProbeOrder;
import io.culvert.gateway.cli.LocalWork.ProbeTarget;
import io.culvert.gateway.identity.Peer;
import io.culvert.gateway.identity.PinnedPeer;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamState;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the peers that this gateway dials in vain, and keeps what was found until the stream is up: the harmless part only, never an RPC call, one
 * peer at a time. Relayed connections stall when the stream is away, so the verdict is theirs, too.
 */
final class PeerProbes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeerProbes.class);
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** How long the end of the gateway waits for the probe at hand. */
    private static final Duration LAST = Duration.ofSeconds(2);

    private final Supplier<SiteConfig> config;
    private final SiteIdentity identity;
    private final PeerStreams streams;
    private final Whereabouts whereabouts;
    private final ProbeTimes times = new ProbeTimes();
    private final Map<String, ProbeView> found = new ConcurrentHashMap<>();
    private final NowAndThen looks = // it waits in the kernel
            new NowAndThen(Thread.ofPlatform().daemon().name("peer-probes"), LOOK, LAST, this::look);

    PeerProbes(Supplier<SiteConfig> config, SiteIdentity identity, PeerStreams streams, Whereabouts whereabouts) {
        this.config = config;
        this.identity = identity;
        this.streams = streams;
        this.whereabouts = whereabouts;
    }

    void start() {
        looks.start();
    }

    /** What the last probe found, while the stream to the peer is away. */
    Optional<ProbeView> of(String peer) {
        return Optional.ofNullable(found.get(peer))
                .filter(view -> streams.status(peer).state() != StreamState.UP);
    }

    /** Whether a probe of the way to the peer is under way or due, and none has found anything yet. */
    boolean isAwaited(String peer) {
        return looks.isAlive() && away().contains(peer) && !found.containsKey(peer);
    }

    private void look() throws InterruptedException {
        Set<String> away = away();
        found.keySet().retainAll(away);
        Optional<String> due = times.due(away, System.nanoTime());
        if (due.isPresent()) {
            times.probed(due.get(), System.nanoTime());
            probe(due.get());
        }
    }

    /** Peers that this gateway is to dial, and has no stream to. */
    private Set<String> away() {
        return identity.peers().list().stream()
                .filter(peer -> !peer.isRevoked() && dials(peer))
                .map(Peer::name)
                .filter(name -> whereabouts.isHere(Thing.peer(name)))
                .filter(name -> switch (streams.status(name).state()) {
                    case DIALING, BACKING_OFF -> true;
                    case UNKNOWN, AWAITED, UP, CLOSED -> false;
                })
                .collect(Collectors.toSet());
    }

    private boolean dials(Peer peer) {
        return config.get().peer(new SiteName(peer.name())).dial().orElse(peer.dials());
    }

    private void probe(String name) throws InterruptedException {
        Optional<PinnedPeer> pinned = identity.pinned(name);
        if (pinned.isEmpty()) {
            return; // revoked in the meantime
        }
        Optional<String> refusal =
                ProbeTarget.OfPeer.refusal(streams.status(name).lastRefusal());
        ProbeTarget.OfPeer peer =
                new ProbeTarget.OfPeer(config.get(), name, true, refusal, Optional.empty(), Optional.empty());
        ProbeOrder order = new ProbeOrder(peer, false, false, Duration.ZERO, Duration.ZERO);
        try {
            ProbeView view = SiteProbe.run(peer, pinned.get(), order);
            if (streams.status(name).state() == StreamState.UP) {
                return; // it came up in the meantime
            }
            found.put(name, view);
            LOG.atWarn()
                    .addKeyValue("peer", name)
                    .addKeyValue("verdict", view.verdict())
                    .log("a probe of the way to the peer finds {}", view.sentence());
        } catch (OperationException e) {
            LOG.atWarn().addKeyValue("peer", name).log("the way to the peer cannot be probed: {}", e.sentence());
        }
    }

    @Override
    public void close() {
        looks.close(); // a step that waits in the kernel may take longer, and changes nothing any more
    }
}
