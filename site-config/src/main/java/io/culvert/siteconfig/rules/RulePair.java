package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * This site and one peer.
 *
 * @param dialsFromHere whether this site dials
 */
public record RulePair(RuleSite here, RuleSite peer, boolean dialsFromHere) {

    RuleSite dialling() {
        return dialsFromHere ? here : peer;
    }

    RuleSite accepting() {
        return dialsFromHere ? peer : here;
    }

    /** One for each family and port; none if the two have no family in common. */
    List<AllowedFlow> flows() {
        List<AllowedFlow> flows = new ArrayList<>();
        for (Family family : Family.values()) {
            List<InetAddress> sources = dialling().addresses(family);
            Map<Integer, Set<InetAddress>> byPort = new LinkedHashMap<>();
            accepting().gateways().stream()
                    .filter(gateway -> Family.of(gateway.address()) == family)
                    .forEach(gateway -> byPort.computeIfAbsent(gateway.port(), port -> new LinkedHashSet<>())
                            .add(gateway.address()));
            if (!sources.isEmpty()) {
                byPort.forEach((port, to) -> flows.add(new AllowedFlow(family, sources, List.copyOf(to), port)));
            }
        }
        return flows;
    }

    /** Between all that is known of the two sites, both ways. */
    List<Crossing> crossings() {
        return crossings(RuleSite::watched);
    }

    /** Between the gateways alone, both ways. */
    List<Crossing> betweenGateways() {
        return crossings((site, family) -> site.addresses(family).stream()
                .map(address -> Network.of(address, family.bits()))
                .toList());
    }

    private List<Crossing> crossings(BiFunction<RuleSite, Family, List<Network>> addresses) {
        List<Crossing> crossings = new ArrayList<>();
        for (Family family : Family.values()) {
            List<Network> ours = addresses.apply(here, family);
            List<Network> theirs = addresses.apply(peer, family);
            if (!ours.isEmpty() && !theirs.isEmpty()) {
                crossings.add(new Crossing(family, here, peer, ours, theirs));
                crossings.add(new Crossing(family, peer, here, theirs, ours));
            }
        }
        return crossings;
    }

    /** What is stopped, in a comment. */
    String besides() {
        return "RPC and ports of appliances between " + here.name() + " and " + peer.name()
                + ": they belong in the stream";
    }

    /** What else is stopped, in a comment. */
    String others() {
        return "whatever else the gateways of " + here.name() + " and " + peer.name() + " say to each other";
    }

    /** The one sentence about it. */
    String sentence() {
        return dialling().name() + " dials " + accepting().name();
    }
}
