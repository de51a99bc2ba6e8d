package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * The one stream to a peer.
 *
 * @param state up, dialing, backing-off, awaited, closed
 * @param since when it came into this state
 * @param reason one sentence when it is not up; empty when it is
 * @param roundTripMillis of the last ping
 * @param sentBytes every byte of all TCP connections to this peer since this gateway started, with TLS and framing
 * @param receivedBytes the same, the other way
 * @param connections how often it came up since this gateway started
 * @param through the gateway of this site that has the stream, if it is another one: what is addressed to the peer goes through it
 */
public record StreamView(
        State state,
        Instant since,
        String reason,
        Optional<Double> roundTripMillis,
        Optional<String> remote,
        long sentBytes,
        long receivedBytes,
        long connections,
        int channels,
        Optional<String> through) {

    /** Where the stream stands. */
    public enum State {
        UP,
        DIALING,
        BACKING_OFF,
        AWAITED,
        CLOSED
    }
}
