package io.culvert.siteconfig;

import java.util.Optional;

/**
 * What the file adds to a peer that this site is enrolled with; a peer needs no entry here.
 *
 * @param endpoint where to dial it, instead of the endpoint that {@code peer join} settled
 * @param dial whether this side dials, instead of what {@code peer join} settled
 * @param bandwidth the limits of what is sent to it
 */
public record PeerConfig(Optional<HostPort> endpoint, Optional<Boolean> dial, BandwidthPlan bandwidth) {
    /** What holds for a peer without an entry. */
    public static final PeerConfig DEFAULT =
            new PeerConfig(Optional.empty(), Optional.empty(), BandwidthPlan.UNLIMITED);
}
