package io.culvert.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What enrolment settled about another site.
 *
 * @param endpoint where it said it is reached
 * @param dials whether this gateway dials it; else it dials here
 * @param authorities its CA certificates: one, or two while it rotates
 * @param revokedSerials serial numbers (hexadecimal) of its certificates that are refused
 * @param revoked when it was revoked; null while it is trusted
 */
public record Peer(
        String name,
        Endpoint endpoint,
        boolean dials,
        List<X509Certificate> authorities,
        Set<String> revokedSerials,
        Instant enrolledAt,
        @Nullable Instant revoked) {

    static final int MAX_AUTHORITIES = 4;
    static final int MAX_REVOKED_SERIALS = 1_024;
    static final int MAX_SERIAL_CHARS = 40;

    public Peer {
        SiteName.require(name);
        authorities = List.copyOf(authorities);
        revokedSerials = Set.copyOf(revokedSerials);
        if (authorities.isEmpty() || authorities.size() > MAX_AUTHORITIES) {
            throw new IllegalArgumentException(
                    "a peer must have 1 to " + MAX_AUTHORITIES + " CA certificates, had " + authorities.size());
        }
        if (revokedSerials.size() > MAX_REVOKED_SERIALS) {
            throw new IllegalArgumentException("a peer must have at most " + MAX_REVOKED_SERIALS
                    + " revoked certificates, had " + revokedSerials.size() + ": revoke the peer instead");
        }
    }

    Peer withRevokedSerials(Set<String> serials) {
        return new Peer(name, endpoint, dials, authorities, serials, enrolledAt, revoked);
    }

    Peer withAuthorities(List<X509Certificate> next) {
        return new Peer(name, endpoint, dials, next, revokedSerials, enrolledAt, revoked);
    }

    Peer withRevocation(Instant when) {
        return new Peer(name, endpoint, dials, authorities, revokedSerials, enrolledAt, when);
    }

    public boolean isRevoked() {
        return revoked != null;
    }

    /** When it was revoked, if it was. */
    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revoked);
    }

    /** SHA-256 of each of its CA certificates, for people to compare. */
    public List<String> fingerprints() {
        return authorities.stream()
                .map(ca -> AuthorityCertificate.fingerprint(ca).toString())
                .toList();
    }
}
