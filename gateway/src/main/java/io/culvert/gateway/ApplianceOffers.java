package io.culvert.gateway;

import io.culvert.gateway.relay.NamedPrograms;
import io.culvert.gateway.relay.Offers;
import io.culvert.gateway.relay.PortmapperTarget;
import io.culvert.gateway.relay.Programs;
import io.culvert.gateway.relay.TargetPrograms;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.relay.portmap.PortmapListener;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.ProgramSource;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.Transport;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What the grants of the site file let peers connect to: the services of its own appliances, where the site file has them and where
 * their portmapper has them, nothing else.
 */
final class ApplianceOffers implements Offers {

    private static final int PORTMAPPER_PORT = 111;

    private final Supplier<SiteConfig> config;
    private final TargetPrograms targets;

    ApplianceOffers(Supplier<SiteConfig> config, TargetPrograms targets) {
        this.config = config;
        this.targets = targets;
    }

    /** An appliance of this site that a peer may connect to, or why it may not. */
    private sealed interface Granted {
        record Appliance(io.culvert.siteconfig.Appliance.Local local) implements Granted {}

        record Nothing(String why) implements Granted {}
    }

    private static Granted granted(SiteConfig now, String peer, String appliance) {
        String site = now.site().toString();
        if (!now.grantsFor(new SiteName(peer)).connect().contains(appliance)) {
            return new Granted.Nothing("peer " + peer + " may not connect to " + appliance + " at " + site
                    + "; grants: {" + peer + ": {connect: [" + appliance + "]}} in its site file would allow it");
        }
        if (!(now.appliances().get(appliance) instanceof Appliance.Local local)) {
            return new Granted.Nothing(site + " has no appliance " + appliance + " of its own");
        }
        return new Granted.Appliance(local);
    }

    @Override
    public Offer offer(String peer, String appliance, NetId by, int port) {
        SiteConfig now = config.get();
        return switch (granted(now, peer, appliance)) {
            case Granted.Nothing nothing -> new Offer.Refused(nothing.why());
            case Granted.Appliance granted ->
                has(granted.local(), by, port) || hasLearned(granted.local(), by, port)
                        ? new Offer.Granted(granted.local().target())
                        : new Offer.Refused(
                                "appliance " + appliance + " at " + now.site() + " has no service on port " + port);
        };
    }

    private static boolean has(Appliance.Local local, NetId by, int port) {
        return local.services().values().stream()
                .filter(service -> carries(service.transport(), by))
                .anyMatch(service -> service.ports().stream().anyMatch(range -> range.contains(port)));
    }

    private static boolean carries(Transport transport, NetId by) {
        return switch (by) {
            case TCP -> transport != Transport.UDP;
            case UDP -> transport != Transport.TCP;
        };
    }

    /** By what this gateway learned itself, whatever the peer says that it was told. */
    private boolean hasLearned(Appliance.Local local, NetId by, int port) {
        return portmapper(local).filter(at -> targets.has(at, by, port)).isPresent();
    }

    @Override
    public Portmapper portmapper(String peer, String appliance) {
        SiteConfig now = config.get();
        return switch (granted(now, peer, appliance)) {
            case Granted.Nothing nothing -> new Portmapper.Refused(nothing.why());
            case Granted.Appliance granted ->
                portmapper(granted.local())
                        .<Portmapper>map(Portmapper.Granted::new)
                        .orElseGet(() -> new Portmapper.Refused("programs of appliance " + appliance + " at "
                                + now.site() + " are not learned: its site file has them fixed, or names none"));
        };
    }

    /** What is known of the programs of an appliance of this site. */
    Programs programs(Appliance.Local local) {
        return portmapper(local).map(targets::state).orElseGet(Programs.Fixed::new);
    }

    private static Optional<PortmapperTarget> portmapper(Appliance.Local local) {
        NamedPrograms programs = NamedPrograms.of(local.services().values());
        if (local.programs() == ProgramSource.FIXED || programs.isEmpty()) {
            return Optional.empty();
        }
        return local.services().values().stream()
                .filter(service -> service.program().equals(OptionalInt.of(PortmapListener.PROGRAM)))
                .findFirst()
                .map(service -> new PortmapperTarget(local.target(), port(service), programs));
    }

    private static int port(ApplianceService portmapper) {
        return portmapper.ports().isEmpty()
                ? PORTMAPPER_PORT
                : portmapper.ports().getFirst().first();
    }
}
