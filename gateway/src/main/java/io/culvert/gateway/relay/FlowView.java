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
 * @param dedup what of {@code toPeerBytes} went by reference
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
        Optional<Instant> heldSince,
        Dedup dedup) {

    /**
     * How dedup fares with what goes to the peer.
     *
     * @param state one or a few words: "off", "on", "bypassed: looks encrypted"
     * @param plainBytes bytes of the connection
     * @param sentBytes what they took in the stream
     */
    public record Dedup(String state, long plainBytes, long sentBytes) {}
}
