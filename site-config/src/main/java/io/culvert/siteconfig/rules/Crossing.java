package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Network;
import java.util.List;

/** What is watched: from the addresses of one site to those of another, of one family. */
record Crossing(Family family, RuleSite from, RuleSite to, List<Network> sources, List<Network> destinations) {
    Crossing {
        sources = List.copyOf(sources);
        destinations = List.copyOf(destinations);
    }
}
