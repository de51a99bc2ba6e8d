package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.RulesConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A plan as firewalls with named objects have it: groups of addresses, and rules from zone to zone that name them.
 *
 * <p>Names are made of {@code culvert}, of sites' names, families and ports, in at most 63 letters, digits and hyphens.
 */
record DeviceRules(List<Group> groups, List<Allow> allows, List<Stop> stops) {
    private static final String PREFIX = "culvert-";

    /** Addresses of one family. */
    record Group(RuleSite of, String name, Family family, List<Network> members) {
        Group {
            members = List.copyOf(members);
        }

        /** The name of its member with this index. */
        String member(int index) {
            return name + "-" + (index + 1);
        }
    }

    /** The one flow, of one family. @param sentence what it is, for people */
    record Allow(
            String name,
            RulePair pair,
            Family family,
            String fromZone,
            String toZone,
            String source,
            String destination,
            int port,
            String sentence) {
        String service() {
            return PREFIX + port;
        }
    }

    /** What is stopped and reported, of one family in one direction. */
    record Stop(
            String name,
            RulePair pair,
            Family family,
            String fromZone,
            String toZone,
            String source,
            String destination,
            String sentence) {}

    DeviceRules {
        groups = List.copyOf(groups);
        allows = List.copyOf(allows);
        stops = List.copyOf(stops);
    }

    static DeviceRules of(RulePlan plan, RulesConfig.Zones zones) {
        Map<String, Group> groups = new LinkedHashMap<>();
        List<Allow> allows = new ArrayList<>();
        List<Stop> stops = new ArrayList<>();
        for (RulePair pair : plan.pairs()) {
            pair.flows().forEach(flow -> {
                Group source = gateways(pair.dialling(), flow.family());
                Group destination = destination(pair.accepting(), flow);
                groups.put(source.name(), source);
                groups.put(destination.name(), destination);
                allows.add(allow(pair, flow, zones, source, destination, plan.reason()));
            });
            pair.crossings().forEach(crossing -> {
                Group source = watched(crossing.from(), crossing.family());
                Group destination = watched(crossing.to(), crossing.family());
                groups.put(source.name(), source);
                groups.put(destination.name(), destination);
                stops.add(stop(pair, crossing, zones, source, destination));
            });
        }
        return new DeviceRules(List.copyOf(groups.values()), allows, stops);
    }

    private static Allow allow(
            RulePair pair, AllowedFlow flow, RulesConfig.Zones zones, Group source, Group destination, String reason) {
        return new Allow(
                PREFIX + pair.peer().name() + "-" + flow.family().word() + "-" + flow.port(),
                pair,
                flow.family(),
                pair.dialsFromHere() ? zones.inside() : zones.outside(),
                pair.dialsFromHere() ? zones.outside() : zones.inside(),
                source.name(),
                destination.name(),
                flow.port(),
                pair.sentence() + ": " + reason);
    }

    private static Stop stop(
            RulePair pair, Crossing crossing, RulesConfig.Zones zones, Group source, Group destination) {
        boolean isOut = crossing.from().equals(pair.here());
        return new Stop(
                PREFIX + (isOut ? "to-" : "from-") + pair.peer().name() + "-"
                        + crossing.family().word(),
                pair,
                crossing.family(),
                isOut ? zones.inside() : zones.outside(),
                isOut ? zones.outside() : zones.inside(),
                source.name(),
                destination.name(),
                "ports of appliances from " + crossing.from().name() + " to "
                        + crossing.to().name() + " belong in the stream");
    }

    /** The groups that no other peer's rules need. */
    List<Group> removable(RulePlan plan) {
        return groups.stream()
                .filter(group -> !plan.isPart() || !group.of().name().equals(plan.site()))
                .toList();
    }

    /** The ports that are dialled. */
    SortedSet<Integer> ports() {
        SortedSet<Integer> ports = new TreeSet<>();
        allows.forEach(allow -> ports.add(allow.port()));
        return ports;
    }

    private static Group gateways(RuleSite site, Family family) {
        return new Group(
                site, PREFIX + site.name() + "-" + family.word(), family, singles(site.addresses(family), family));
    }

    /** The site's gateways, or those of them that have this port. */
    private static Group destination(RuleSite site, AllowedFlow flow) {
        Group all = gateways(site, flow.family());
        List<Network> some = singles(flow.destinations(), flow.family());
        return some.size() == all.members().size()
                ? all
                : new Group(site, all.name() + "-" + flow.port(), flow.family(), some);
    }

    private static Group watched(RuleSite site, Family family) {
        List<Network> networks = site.watched(family);
        Group gateways = gateways(site, family);
        return networks.equals(gateways.members())
                ? gateways
                : new Group(site, PREFIX + site.name() + "-" + family.word() + "-net", family, networks);
    }

    private static List<Network> singles(List<java.net.InetAddress> addresses, Family family) {
        return addresses.stream()
                .map(address -> Network.of(address, family.bits()))
                .toList();
    }
}
