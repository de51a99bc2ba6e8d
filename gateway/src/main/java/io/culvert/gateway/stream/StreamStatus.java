package io.culvert.gateway.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of the stream to a peer.
 *
 * @param since when it came into this state
 * @param why one sentence when it is not up
 * @param roundTrip of the last ping
 * @param bytesIn of all TCP connections with this peer since the start, with TLS
 * @param bytesOut the same, sent
 * @param connections how many streams came up since the start
 * @param lastRefusal why the last attempt of either side was refused, while no stream came up since
 * @param remote address and port of the live connection
 * @param congestionControl what the kernel uses on the live connection
 * @param dialledHere whether this side dialled the live connection
 * @param openChannels in the live stream
 */
public record StreamStatus(
        String peer,
        StreamState state,
        Instant since,
        String why,
        Optional<Duration> roundTrip,
        long bytesIn,
        long bytesOut,
        long connections,
        Optional<String> lastRefusal,
        Optional<String> remote,
        Optional<String> congestionControl,
        boolean dialledHere,
        int openChannels) {}
