package io.culvert.siteconfig.rules;

import java.net.InetAddress;
import java.util.List;

/**
 * What is allowed: TCP from any of the sources to any of the destinations at one port.
 *
 * @param sources gateways of the site that dials, of one family as the destinations
 */
record AllowedFlow(Family family, List<InetAddress> sources, List<InetAddress> destinations, int port) {
    AllowedFlow {
        sources = List.copyOf(sources);
        destinations = List.copyOf(destinations);
    }
}
