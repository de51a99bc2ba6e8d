package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A peer: what enrolment settled, and the stream to it.
 *
 * @param dials whether this site dials
 * @param authorities SHA-256 of its CA certificates, for people to compare
 * @param probe what the gateway's own probe of the way there found, while the stream cannot be made
 */
public record PeerView(
        String name,
        String endpoint,
        boolean dials,
        Instant enrolled,
        Optional<Instant> revoked,
        List<String> authorities,
        StreamView stream,
        Optional<ProbeView> probe) {
    public PeerView {
        authorities = List.copyOf(authorities);
    }
}
