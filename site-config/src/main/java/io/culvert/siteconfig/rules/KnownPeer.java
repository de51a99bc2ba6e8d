package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteName;
import java.util.List;

/**
 * What enrolment settled about a peer, as far as rules need it.
 *
 * @param endpoint where it is dialled, as the enrolment settled
 * @param told where else its gateways are, as it has told by itself since
 * @param dials whether this site dials
 * @param isTrusted whether it is not revoked
 */
public record KnownPeer(SiteName name, HostPort endpoint, List<HostPort> told, boolean dials, boolean isTrusted) {
    /** Copies what was told, without what is known already. */
    public KnownPeer {
        HostPort settled = endpoint;
        told = told.stream().filter(one -> !one.equals(settled)).distinct().toList();
    }
}
