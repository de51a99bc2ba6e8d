package io.culvert.gateway;

import io.culvert.gateway.admin.ApplianceStatus;
import io.culvert.gateway.admin.ApplianceView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.owner.Ailment;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
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
        String here = parts.identity().site() + "/" + parts.identity().gateway();
        List<ServiceView> services = new ArrayList<>(gateways(here));
        for (PoolView pool : pools.list()) {
            ServiceView.State state = switch (pool.state()) {
                case OPEN -> ServiceView.State.UP;
                case FULL -> ServiceView.State.DEGRADED;
                case FAILED, ELSEWHERE -> ServiceView.State.DOWN;
            };
            services.add(away(Thing.pool(pool.name()))
                    .orElse(ServiceView.of(
                            "pool", pool.name(), here, state, since(Thing.pool(pool.name())), pool.reason())));
        }
        parts.poolNames().formers().forEach((name, former) -> {
            if (!parts.config().get().pools().containsKey(name)) {
                services.add(service(name, former));
            }
        });
        for (PeerView peer : peers.list()) {
            services.add(away(Thing.peer(peer.name())).orElse(service(peer, here)));
        }
        for (ApplianceView appliance : appliances.list()) {
            services.add(service(appliance, here));
        }
        parts.config().get().appliances().keySet().stream()
                .flatMap(name -> away(Thing.appliance(name)).stream())
                .forEach(services::add);
        return services;
    }

    /** When it came to be with this gateway. */
    private Instant since(Thing thing) {
        return parts.whereabouts().of(thing) instanceof Whereabouts.Place.Here here
                        && here.since().isAfter(started)
                ? here.since()
                : started;
    }

    private List<ServiceView> gateways(String here) {
        List<Book.Gateway> known = parts.whereabouts().gateways();
        if (known.isEmpty()) {
            return List.of(ServiceView.of("gateway", here, here, ServiceView.State.UP, started, ""));
        }
        return known.stream().map(this::service).toList();
    }

    private ServiceView service(Book.Gateway gateway) {
        ServiceView.State state = switch (gateway.mode()) {
            case SERVING -> gateway.live() ? reached(gateway) : ServiceView.State.DOWN;
            case DRAINING -> gateway.live() ? ServiceView.State.DEGRADED : ServiceView.State.DOWN;
            case REMOVED -> ServiceView.State.REMOVED;
            case INVITED -> ServiceView.State.INVITED;
        };
        boolean drains = gateway.mode() == Book.Mode.DRAINING;
        return state == ServiceView.State.DEGRADED && !drains
                ? gateway(
                        gateway,
                        state,
                        parts.siblings().trouble(gateway.number()).orElse(""))
                : gateway(gateway, state);
    }

    /** Whether what it has can be had from here. */
    private ServiceView.State reached(Book.Gateway gateway) {
        return parts.siblings().trouble(gateway.number()).isPresent()
                ? ServiceView.State.DEGRADED
                : ServiceView.State.UP;
    }

    static ServiceView gateway(Book.Gateway gateway, ServiceView.State state) {
        String reason = switch (state) {
            case UP -> "";
            case DEGRADED -> "it drains: it takes nothing more, and gives away what others can have";
            case REMOVED -> "it was removed";
            case INVITED -> "its number is given away, and it has not been started yet";
            case DOWN, REVOKED, RENAMED ->
                "it runs on host " + gateway.host()
                        + " and has not been seen since then; if it is gone for good: culvert gateway remove "
                        + gateway.number();
        };
        return gateway(gateway, state, reason);
    }

    private static ServiceView gateway(Book.Gateway gateway, ServiceView.State state, String reason) {
        return ServiceView.of(
                        "gateway",
                        gateway.name(),
                        gateway.name(),
                        state,
                        gateway.live() ? gateway.started() : gateway.seen(),
                        reason)
                .at(gateway.endpoint());
    }

    /** A name that is no pool's any more. */
    private static ServiceView service(String pool, PoolNames.Former former) {
        return switch (former) {
            case PoolNames.Former.Renamed renamed ->
                ServiceView.of(
                        "pool",
                        pool,
                        "",
                        ServiceView.State.RENAMED,
                        renamed.since(),
                        "it is called " + renamed.now() + " since then; whoever writes to it by this name is told so");
            case PoolNames.Former.Removed removed ->
                ServiceView.of(
                        "pool",
                        pool,
                        "",
                        ServiceView.State.REMOVED,
                        removed.since(),
                        "it is not in the site file any more; whoever writes to it is told so");
        };
    }

    /** What is another gateway's, or nobody's; empty if it is this one's. */
    private Optional<ServiceView> away(Thing thing) {
        return switch (parts.whereabouts().of(thing)) {
            case Whereabouts.Place.Here here -> Optional.empty();
            case Whereabouts.Place.Elsewhere other ->
                Optional.of(parts.whereabouts()
                        .ailment(thing)
                        .map(ails -> elsewhere(thing, other, state(ails), ails.since(), ails.reason()))
                        .orElseGet(() -> elsewhere(thing, other, ServiceView.State.UP, other.since(), "")));
            case Whereabouts.Place.Nowhere none ->
                Optional.of(ServiceView.of(
                        thing.word(), thing.name(), "", ServiceView.State.DOWN, none.since(), none.why()));
        };
    }

    private static ServiceView elsewhere(
            Thing thing, Whereabouts.Place.Elsewhere other, ServiceView.State state, Instant since, String reason) {
        return ServiceView.of(thing.word(), thing.name(), other.gateway(), state, since, reason);
    }

    private static ServiceView.State state(Ailment ails) {
        return ails.answers() ? ServiceView.State.DEGRADED : ServiceView.State.DOWN;
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
                Optional.of(appliance),
                Optional.empty());
    }

    private ServiceView service(PeerView peer, String owner) {
        Optional<String> renamed = renamedAt(peer.name());
        boolean isUp = peer.stream().state() == StreamView.State.UP;
        ServiceView.State state = peer.revoked().isPresent()
                ? ServiceView.State.REVOKED
                : !isUp
                        ? ServiceView.State.DOWN
                        : renamed.isPresent() ? ServiceView.State.DEGRADED : ServiceView.State.UP;
        return ServiceView.of(
                "peer",
                peer.name(),
                owner,
                state,
                peer.stream().since(),
                switch (state) {
                    case UP -> "";
                    case DEGRADED -> renamed.orElse("");
                    case DOWN, REVOKED, REMOVED, RENAMED, INVITED ->
                        peer.stream().reason();
                });
    }

    /** What the site file here still calls otherwise than the peer. */
    private Optional<String> renamedAt(String peer) {
        return parts.config().get().datasets().entrySet().stream()
                .flatMap(dataset -> dataset.getValue().policy().replicateTo().stream()
                        .filter(target -> target.peer().toString().equals(peer))
                        .flatMap(
                                target -> parts
                                        .peerPools()
                                        .sentence(
                                                dataset.getKey(), target.peer().toString(), target.pool())
                                        .stream()))
                .findFirst();
    }
}
