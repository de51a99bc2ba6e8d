package io.culvert.gateway;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.owner.Ailment;
import io.culvert.gateway.owner.Keeper;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong with what this gateway has, looked at now and then for the other gateways of its site: whoever asks one of those is told
 * what its owner would say. On a thread of its own, for a disk that hangs may hold up who looks at it.
 */
final class OwnAilments implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAilments.class);
    private static final Duration EACH = Duration.ofSeconds(2);

    private final String here;
    private final Services services;
    private final Whereabouts whereabouts;
    private final Keeper keeper;
    private final NowAndThen looks =
            new NowAndThen(Thread.ofPlatform().daemon().name("ailments"), EACH, Duration.ZERO, this::look);

    /** What work is addressed to. */
    interface Services {
        List<ServiceView> list() throws OperationException;
    }

    /** @param here the name of this gateway, such as seoul/2 */
    OwnAilments(String here, Services services, Whereabouts whereabouts, Keeper keeper) {
        this.here = here;
        this.services = services;
        this.whereabouts = whereabouts;
        this.keeper = keeper;
    }

    void start() {
        looks.start();
    }

    private void look() {
        if (whereabouts.isAlone()) {
            return;
        }
        try {
            keeper.suffers(services.list().stream()
                    .filter(one -> one.owner().equals(here))
                    .flatMap(one -> ailment(one).stream())
                    .toList());
        } catch (OperationException e) {
            LOG.debug("the other gateways are told what was wrong before: {}", e.getMessage());
        }
    }

    static Optional<Ailment> ailment(ServiceView service) {
        Optional<Thing> thing = switch (service.kind()) {
            case "pool" -> Optional.of(Thing.pool(service.name()));
            case "peer" -> Optional.of(Thing.peer(service.name()));
            case "appliance" -> Optional.of(Thing.appliance(service.name()));
            default -> Optional.empty(); // a gateway shows itself
        };
        return switch (service.state()) {
            case DEGRADED -> thing.map(sick -> new Ailment(sick.id(), true, service.since(), service.reason()));
            case DOWN -> thing.map(sick -> new Ailment(sick.id(), false, service.since(), service.reason()));
            case UP, REVOKED, REMOVED, RENAMED, INVITED -> Optional.empty();
        };
    }

    @Override
    public void close() {
        looks.close();
    }
}
