package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A relayed connection.
 *
 * @param peer the site at the other end
 * @param client address and port of the client
 * @param port of the appliance
 * @param toPeerBytes what went to the peer, as the client or the appliance wrote it
 * @param bytesPerSecond both ways, over the last seconds
 * @param retainedBytes what the peer is not known to have
 * @param heldSince since when no stream carries it; nothing if one does
 */
public record ConnectionView(
        String peer,
        String client,
        int port,
        Instant since,
        long ageSeconds,
        long toPeerBytes,
        long fromPeerBytes,
        long bytesPerSecond,
        long retainedBytes,
        Optional<Instant> heldSince,
        Dedup dedup) {

    /**
     * How dedup fares with what goes to the peer.
     *
     * @param state one or a few words: off, on, bypassed: looks encrypted
     * @param plainBytes bytes to the peer that dedup looked at
     * @param sentBytes what they took in the stream
     * @param ratio the one by the other; 1 if there were none
     */
    public record Dedup(String state, long plainBytes, long sentBytes, double ratio) {}
}
