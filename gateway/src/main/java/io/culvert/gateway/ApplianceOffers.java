package io.culvert.gateway;

import io.culvert.gateway.relay.Offers;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.Transport;
import java.util.function.Supplier;

/** What the grants of the site file let peers connect to: the services of its own appliances, nothing else. */
final class ApplianceOffers implements Offers {

    private final Supplier<SiteConfig> config;

    ApplianceOffers(Supplier<SiteConfig> config) {
        this.config = config;
    }

    @Override
    public Offer offer(String peer, String appliance, int port) {
        SiteConfig now = config.get();
        String site = now.site().toString();
        if (!now.grantsFor(new SiteName(peer)).connect().contains(appliance)) {
            return new Offer.Refused("peer " + peer + " may not connect to " + appliance + " at " + site + "; grants: {"
                    + peer + ": {connect: [" + appliance + "]}} in its site file would allow it");
        }
        if (!(now.appliances().get(appliance) instanceof Appliance.Local local)) {
            return new Offer.Refused(site + " has no appliance " + appliance + " of its own");
        }
        boolean served = local.services().values().stream()
                .filter(service -> service.transport() != Transport.UDP)
                .anyMatch(service -> has(service, port));
        return served
                ? new Offer.Granted(local.target())
                : new Offer.Refused("appliance " + appliance + " at " + site + " has no service on port " + port);
    }

    private static boolean has(ApplianceService service, int port) {
        return service.ports().stream().anyMatch(range -> range.contains(port));
    }
}
