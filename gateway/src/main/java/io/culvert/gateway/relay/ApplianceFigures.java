package io.culvert.gateway.relay;

import java.util.Optional;

/**
 * What was relayed for an appliance since it is in the site file of this running gateway, connections that have ended included. None
 * of the sums goes back.
 *
 * @param opened connections
 * @param failures connections that were refused, could not be made or were reset, and datagrams that were refused
 * @param toPeerBytes of connections, as clients and appliances wrote them
 * @param plainBytes of those to the peer, the ones of connections that are deduplicated
 * @param sentBytes what that took in the stream
 * @param datagramClients clients at the peer that send datagrams now
 * @param unreachable since when it cannot be connected to, and why; empty for an appliance of a peer
 */
public record ApplianceFigures(
        long opened,
        long failures,
        long toPeerBytes,
        long fromPeerBytes,
        long plainBytes,
        long sentBytes,
        int datagramClients,
        Optional<LastError> lastError,
        Optional<LastError> unreachable) {

    /** Nothing was relayed. */
    public static final ApplianceFigures NONE =
            new ApplianceFigures(0, 0, 0, 0, 0, 0, 0, Optional.empty(), Optional.empty());
}
