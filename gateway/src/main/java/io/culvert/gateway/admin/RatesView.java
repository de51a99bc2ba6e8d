package io.culvert.gateway.admin;

/**
 * How fast bytes went through the stream to a peer, beside whatever else it carried.
 *
 * @param sentLossPercent about as much of what was sent had to be sent again; {@code receivedLossPercent} the same of the peer
 * @param roundTripMillis of the last ping
 */
public record RatesView(
        double sentBytesPerSecond,
        double receivedBytesPerSecond,
        double sentLossPercent,
        double receivedLossPercent,
        double roundTripMillis) {}
