package io.culvert.gateway;

import io.culvert.gateway.relay.DedupPolicy;
import io.culvert.gateway.relay.dedup.Mode;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceKind;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.SiteConfig;
import java.util.function.Supplier;

/**
 * Which relayed connections are deduplicated: what {@code relay.dedup} says, and with {@code auto} those of appliances whose bytes do
 * not come deduplicated and compressed already. DD Boost, DD Replicator and Avamar do.
 */
final class ApplianceDedup implements DedupPolicy {

    private final Supplier<SiteConfig> config;

    ApplianceDedup(Supplier<SiteConfig> config) {
        this.config = config;
    }

    @Override
    public Decision decide(String appliance, int port) {
        SiteConfig now = config.get();
        Appliance known = now.appliances().get(appliance);
        if (known == null) {
            return Decision.OFF;
        }
        Mode mode = switch (now.relay().dedup()) {
            case OFF -> Mode.OFF;
            case ON -> Mode.ON;
            case AUTO -> usual(known.kind());
        };
        return new Decision(mode, isRpc(known, port));
    }

    private static Mode usual(ApplianceKind kind) {
        return switch (kind) {
            case NFS, CUSTOM -> Mode.AUTO;
            case DATADOMAIN, AVAMAR -> Mode.OFF;
        };
    }

    /** A port that no service names was learned from a portmapper, so that RPC is what is spoken there. */
    private static boolean isRpc(Appliance appliance, int port) {
        return appliance.services().values().stream()
                .filter(service -> has(service, port))
                .findAny()
                .map(service -> service.program().isPresent())
                .orElse(true);
    }

    private static boolean has(ApplianceService service, int port) {
        return service.ports().stream().anyMatch(range -> range.contains(port));
    }
}
