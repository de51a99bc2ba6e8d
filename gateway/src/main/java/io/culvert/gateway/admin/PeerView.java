package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A peer: what enrolment settled, and the stream to it.
 *
 * @param dials whether this site dials
 * @param authorities SHA-256 of its CA certificates, for people to compare
 */
public record PeerView(
        String name,
        String endpoint,
        boolean dials,
        Instant enrolled,
        Optional<Instant> revoked,
        List<String> authorities,
        StreamView stream) {
    public PeerView {
        authorities = List.copyOf(authorities);
    }
}
