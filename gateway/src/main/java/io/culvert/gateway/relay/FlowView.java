package io.culvert.gateway.relay;

import java.time.Instant;
import java.util.Optional;

/**
 * A relayed connection, as people see it.
 *
 * @param peer the other site
 * @param appliance whose it is; a peer's appliance if {@code near}, else one of this site
 * @param near whether its client is at this site
 * @param client address and port of the client
 * @param toPeerBytes what went to the other site, as the client or the appliance wrote it
 * @param fromPeerBytes what came from there
 * @param bytesPerSecond both, over the last seconds
 * @param retainedBytes what the other site is not known to have
 * @param heldSince since when no stream carries it; empty if one does
 */
public record FlowView(
        String peer,
        String appliance,
        int port,
        boolean near,
        String client,
        Instant since,
        long toPeerBytes,
        long fromPeerBytes,
        long bytesPerSecond,
        long retainedBytes,
        Optional<Instant> heldSince) {}
