package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteName;
import java.util.List;

/**
 * What enrolment settled about a peer, as far as rules need it.
 *
 * @param endpoints where its gateways are dialled, that of the enrolment first
 * @param dials whether this site dials
 */
public record KnownPeer(SiteName name, List<HostPort> endpoints, boolean dials) {
    /** Copies the endpoints. */
    public KnownPeer {
        endpoints = List.copyOf(endpoints);
    }
}
