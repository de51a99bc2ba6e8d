package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the gateways of this site are reached, as the one that runs here knows.
 *
 * @param notes what is not known, and so not in the rules, a line each
 * @param why there is no answer
 */
record SiteGateways(List<HostPort> endpoints, List<String> notes, Optional<String> why) {

    /** Nothing but what the site file says. */
    static final SiteGateways NONE = new SiteGateways(List.of(), List.of(), Optional.empty());

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String GATEWAY = "gateway";

    SiteGateways {
        endpoints = List.copyOf(endpoints);
        notes = List.copyOf(notes);
    }

    /** Asks the gateway that runs here; a site that does not share its checkpoints has no other. */
    static SiteGateways ask(Session session, SiteConfig site, LocalWork.EnrolledPeers enrolled) throws ConfigException {
        if (!(site.checkpoints() instanceof Checkpoints.Etcd)) {
            return NONE;
        }
        try {
            return of(session.gateway().within(LIMIT).services(), site.site(), enrolled);
        } catch (OperationException e) {
            return unanswered(site.site(), e);
        }
    }

    static SiteGateways unanswered(SiteName site, OperationException e) {
        return new SiteGateways(
                List.of(),
                List.of("of site " + site + " only the address of this gateway is here: " + silence(e.category())),
                Optional.of(e.sentence()));
    }

    private static String silence(FailureCategory category) {
        return switch (category) {
            case UNREACHABLE -> "no gateway answers that would know of others";
            case REFUSED -> "this user may not ask the gateway that would know of others";
            case USAGE, FAILED, NOT_FOUND -> "the gateway that runs here cannot say which others there are";
        };
    }

    private static SiteGateways of(List<ServiceView> services, SiteName site, LocalWork.EnrolledPeers enrolled) {
        List<ServiceView> gateways =
                services.stream().filter(one -> one.kind().equals(GATEWAY)).toList();
        List<String> notes = new ArrayList<>();
        unheard(gateways.size(), site, enrolled).ifPresent(notes::add);
        List<HostPort> endpoints = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<ServiceView> started =
                gateways.stream().filter(one -> counts(one.state())).toList();
        if (started.size() > 1) {
            started.forEach(
                    gateway -> endpoint(gateway).ifPresentOrElse(endpoints::add, () -> unknown.add(gateway.name())));
        }
        if (!unknown.isEmpty()) {
            notes.add("the address of gateway " + String.join(", ", unknown) + " is not known, and not here");
        }
        gateways.stream()
                .filter(one -> one.state() == ServiceView.State.INVITED)
                .forEach(one -> notes.add(
                        "gateway " + one.name() + " has not been started yet: its address is not known, and not here"));
        return new SiteGateways(endpoints, notes, Optional.empty());
    }

    /**
     * A gateway that has not read etcd since its start knows of itself alone.
     *
     * @param heard how many gateways it knows of, also of those that were removed, as the state directory does
     */
    private static Optional<String> unheard(int heard, SiteName site, LocalWork.EnrolledPeers enrolled) {
        if (heard < enrolled.gateways()) {
            return Optional.of("the gateway that runs here has heard of " + heard + " of the " + enrolled.gateways()
                    + " gateways of site " + site + " since its start: the addresses of the others are not here");
        }
        return heard < 2 && enrolled.unread().isPresent()
                ? Optional.of("whether site " + site
                        + " has other gateways is not known: the one that runs here has heard of none since its start")
                : Optional.empty();
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
