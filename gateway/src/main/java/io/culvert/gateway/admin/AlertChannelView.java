package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * One of the ways by which alerts go.
 *
 * @param kind webhook, mail or syslog
 * @param target where it goes, without a secret
 * @param delivered when it last took one, since the gateway started
 * @param failingSince since when it takes none
 * @param reason why, in one sentence; empty if it is well
 * @param waiting alerts that are still to be sent
 * @param dropped alerts that were given up, since the gateway started
 */
public record AlertChannelView(
        String kind,
        String target,
        Optional<Instant> delivered,
        Optional<Instant> failingSince,
        String reason,
        int waiting,
        long dropped) {}
