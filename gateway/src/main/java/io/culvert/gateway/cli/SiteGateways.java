package io.culvert.gateway.cli;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the gateways of this site are reached, as the one that runs here knows.
 *
 * @param unknown what is not known, a clause; empty if all is
 * @param why nobody answers
 */
record SiteGateways(List<HostPort> endpoints, Optional<String> unknown, Optional<String> why) {

    /** Nothing but what the site file says. */
    static final SiteGateways NONE = new SiteGateways(List.of(), Optional.empty(), Optional.empty());

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String GATEWAY = "gateway";

    SiteGateways {
        endpoints = List.copyOf(endpoints);
    }

    /** Asks the gateway that runs here; a site that does not share its checkpoints has no other. */
    static SiteGateways ask(Session session, SiteConfig site) throws ConfigException {
        if (!(site.checkpoints() instanceof Checkpoints.Etcd)) {
            return NONE;
        }
        try {
            return of(session.gateway().within(LIMIT).services());
        } catch (OperationException e) {
            return new SiteGateways(
                    List.of(),
                    Optional.of(
                            "of site " + site.site()
                                    + " only the address of this gateway is here: no gateway answers that would know of others"),
                    Optional.of(e.sentence()));
        }
    }

    static SiteGateways of(List<ServiceView> services) {
        List<ServiceView> gateways = services.stream()
                .filter(one -> one.kind().equals(GATEWAY) && counts(one.state()))
                .toList();
        if (gateways.size() < 2) {
            return NONE;
        }
        List<HostPort> endpoints = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (ServiceView gateway : gateways) {
            endpoint(gateway).ifPresentOrElse(endpoints::add, () -> unknown.add(gateway.name()));
        }
        return new SiteGateways(
                endpoints,
                unknown.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                "the address of gateway " + String.join(", ", unknown) + " is not known, and not here"),
                Optional.empty());
    }

    private static boolean counts(ServiceView.State state) {
        return switch (state) {
            case UP, DEGRADED, DOWN -> true;
            case REVOKED, REMOVED, RENAMED, INVITED -> false;
        };
    }

    private static Optional<HostPort> endpoint(ServiceView gateway) {
        try {
            return gateway.endpoint().map(HostPort::parse).filter(one -> !one.isWildcard());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
