package io.culvert.gateway;

import io.culvert.gateway.admin.ApplianceStatus;
import io.culvert.gateway.admin.ApplianceView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.StreamView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers with everything that work is addressed to: this gateway, its pools, its peers, the appliances that it shows or offers. */
final class ServiceAnswers {

    private final GatewayOperations.Parts parts;
    private final PeerAnswers peers;
    private final PoolAnswers pools;
    private final ApplianceAnswers appliances;
    private final Instant started;

    ServiceAnswers(GatewayOperations.Parts parts, PeerAnswers peers, PoolAnswers pools, ApplianceAnswers appliances) {
        this.parts = parts;
        this.peers = peers;
        this.pools = pools;
        this.appliances = appliances;
        this.started = parts.clock().instant();
    }

    List<ServiceView> list() throws OperationException {
        String owner = parts.identity().site() + "/" + parts.identity().gateway();
        List<ServiceView> services = new ArrayList<>();
        services.add(ServiceView.of("gateway", owner, owner, ServiceView.State.UP, started, ""));
        for (PoolView pool : pools.list()) {
            ServiceView.State state = switch (pool.state()) {
                case OPEN -> ServiceView.State.UP;
                case FULL -> ServiceView.State.DEGRADED;
                case FAILED -> ServiceView.State.DOWN;
            };
            services.add(ServiceView.of("pool", pool.name(), owner, state, started, pool.reason()));
        }
        for (PeerView peer : peers.list()) {
            services.add(service(peer, owner));
        }
        for (ApplianceView appliance : appliances.list()) {
            services.add(service(appliance, owner));
        }
        return services;
    }

    private static ServiceView service(ApplianceView appliance, String owner) {
        ApplianceStatus status = appliance.status();
        return new ServiceView(
                "appliance",
                status.name(),
                owner,
                status.state(),
                status.since(),
                status.reason(),
                Optional.of(appliance));
    }

    private static ServiceView service(PeerView peer, String owner) {
        ServiceView.State state = peer.revoked().isPresent()
                ? ServiceView.State.REVOKED
                : peer.stream().state() == StreamView.State.UP ? ServiceView.State.UP : ServiceView.State.DOWN;
        return ServiceView.of(
                "peer",
                peer.name(),
                owner,
                state,
                peer.stream().since(),
                state == ServiceView.State.UP ? "" : peer.stream().reason());
    }
}
