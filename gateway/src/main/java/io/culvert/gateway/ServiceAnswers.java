package io.culvert.gateway;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.StreamStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Answers with everything that work is addressed to: this gateway, its pools, its peers, the appliances that it shows. */
final class ServiceAnswers {

    private final GatewayOperations.Parts parts;
    private final PeerAnswers peers;
    private final PoolAnswers pools;
    private final Instant started;

    ServiceAnswers(GatewayOperations.Parts parts, PeerAnswers peers, PoolAnswers pools) {
        this.parts = parts;
        this.peers = peers;
        this.pools = pools;
        this.started = parts.clock().instant();
    }

    List<ServiceView> list() throws OperationException {
        String site = parts.config().get().site().toString();
        String owner = site + "/1";
        List<ServiceView> services = new ArrayList<>();
        services.add(new ServiceView("gateway", owner, owner, ServiceView.State.UP, started, ""));
        for (PoolView pool : pools.list()) {
            ServiceView.State state = switch (pool.state()) {
                case OPEN -> ServiceView.State.UP;
                case FULL -> ServiceView.State.DEGRADED;
                case FAILED -> ServiceView.State.DOWN;
            };
            services.add(new ServiceView("pool", pool.name(), owner, state, started, pool.reason()));
        }
        for (PeerView peer : peers.list()) {
            services.add(service(peer, owner));
        }
        for (VirtualAddressStatus appliance : parts.relay().addresses()) {
            services.add(service(appliance, owner));
        }
        return services;
    }

    /**
     * An appliance of a peer: up if its ports are listened on here and its peer is connected; degraded if its programs cannot be
     * learned then.
     */
    private ServiceView service(VirtualAddressStatus appliance, String owner) {
        StreamStatus stream = parts.streams().status(appliance.peer());
        boolean connected = stream.state() == StreamState.UP;
        boolean up = appliance.serving() && connected;
        String trouble = appliance.serving() && !connected
                ? "its peer " + appliance.peer() + " is not connected"
                : up ? appliance.programsTrouble() : appliance.trouble();
        return new ServiceView(
                "appliance",
                appliance.name(),
                owner,
                !up ? ServiceView.State.DOWN : trouble.isEmpty() ? ServiceView.State.UP : ServiceView.State.DEGRADED,
                appliance.serving() && !connected ? stream.since() : appliance.since(),
                trouble);
    }

    private static ServiceView service(PeerView peer, String owner) {
        ServiceView.State state = peer.revoked().isPresent()
                ? ServiceView.State.REVOKED
                : peer.stream().state() == StreamView.State.UP ? ServiceView.State.UP : ServiceView.State.DOWN;
        return new ServiceView(
                "peer",
                peer.name(),
                owner,
                state,
                peer.stream().since(),
                state == ServiceView.State.UP ? "" : peer.stream().reason());
    }
}
