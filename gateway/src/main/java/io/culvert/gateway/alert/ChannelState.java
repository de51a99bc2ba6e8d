package io.culvert.gateway.alert;

import java.time.Instant;
import java.util.Optional;

/**
 * How it stands with one of the ways by which alerts go.
 *
 * @param kind webhook, mail or syslog
 * @param target where it goes, without a secret
 * @param delivered when it last took one
 * @param failingSince since when it takes none, if one was tried since it last took one
 * @param trouble why, in one sentence; empty if it is well
 * @param waiting alerts that are still to be sent
 * @param dropped alerts that were given up, because too many waited, they were a day old or the other side does not want them, since the gateway started
 */
public record ChannelState(
        String kind,
        String target,
        Optional<Instant> delivered,
        Optional<Instant> failingSince,
        String trouble,
        int waiting,
        long dropped) {}
