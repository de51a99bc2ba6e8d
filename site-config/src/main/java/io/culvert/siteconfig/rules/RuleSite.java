package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.SiteName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A site as its firewalls see it.
 *
 * @param gateways at least one
 * @param networks where its appliances and their clients are, if that is stated
 */
public record RuleSite(SiteName name, List<RuleAddress> gateways, List<Network> networks) {
    /** Copies both. */
    public RuleSite {
        gateways = List.copyOf(gateways);
        networks = List.copyOf(networks);
    }

    /** The addresses of its gateways. */
    List<InetAddress> addresses(Family family) {
        return gateways.stream()
                .map(RuleAddress::address)
                .filter(address -> Family.of(address) == family)
                .distinct()
                .toList();
    }

    /** Its networks and gateways, without what lies in another of them. */
    List<Network> watched(Family family) {
        List<Network> all = new ArrayList<>();
        networks.stream()
                .filter(network -> Family.of(network.address()) == family)
                .forEach(all::add);
        addresses(family).forEach(address -> all.add(Network.of(address, family.bits())));
        return all.stream()
                .filter(one -> all.stream().noneMatch(other -> isWithin(one, other)))
                .distinct()
                .toList();
    }

    private static boolean isWithin(Network inner, Network outer) {
        return !inner.equals(outer) && inner.prefixBits() > outer.prefixBits() && outer.contains(inner.address());
    }
}
