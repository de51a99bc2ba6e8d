package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One line of what is asked of whoever keeps the firewalls.
 *
 * @param isAllowed whether it is to be let through; else stopped and reported
 * @param isOut whether it is opened from this site
 * @param protocol TCP or UDP
 */
record RequestRow(
        boolean isAllowed,
        boolean isOut,
        String from,
        List<String> sources,
        String to,
        List<String> destinations,
        String protocol,
        String ports) {
    RequestRow {
        sources = List.copyOf(sources);
        destinations = List.copyOf(destinations);
    }

    /** First what is allowed, then what is not. */
    static List<RequestRow> of(RulePlan plan) {
        List<RequestRow> rows = new ArrayList<>();
        for (RulePair pair : plan.pairs()) {
            pair.flows()
                    .forEach(flow -> rows.add(new RequestRow(
                            true,
                            pair.dialsFromHere(),
                            pair.dialling().name().text(),
                            flow.sources().stream().map(AddressText::of).toList(),
                            pair.accepting().name().text(),
                            flow.destinations().stream().map(AddressText::of).toList(),
                            "TCP",
                            Integer.toString(flow.port()))));
        }
        for (RulePair pair : plan.pairs()) {
            pair.crossings().forEach(crossing -> {
                rows.add(stopped(pair, crossing, "TCP", plan.watched().tcp()));
                rows.add(stopped(pair, crossing, "UDP", plan.watched().udp()));
            });
        }
        return rows;
    }

    private static RequestRow stopped(RulePair pair, Crossing crossing, String protocol, List<PortRange> ports) {
        return new RequestRow(
                false,
                crossing.from().equals(pair.here()),
                crossing.from().name().text(),
                texts(crossing.sources()),
                crossing.to().name().text(),
                texts(crossing.destinations()),
                protocol,
                ports.stream().map(PortRange::toString).collect(Collectors.joining(" ")));
    }

    private static List<String> texts(List<Network> networks) {
        return networks.stream().map(AddressText::of).toList();
    }
}
