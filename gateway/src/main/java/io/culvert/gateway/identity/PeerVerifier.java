package io.culvert.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a certificate that a peer showed, and whose key it proved to hold, is that of a trusted gateway.
 *
 * <p>The first rule that fails names the reason, in this order: a certificate is there; it has one identity; the site is
 * enrolled; one of <i>that</i> site's CAs signed it; it is the site that was dialled; neither peer nor certificate is
 * revoked; CA and leaf are valid now; the whole path holds by RFC 5280 (names, key usage, algorithms). Signatures come
 * before times, so a stranger's certificate is never called merely expired.
 *
 * <p>Only the leaf is taken from the other side: the CA is the enrolled one. Asks who is known each time, so a
 * revocation counts from the next question on. Any thread may use it.
 */
final class PeerVerifier {
    static final int MAX_PRESENTED = 3;

    /** Whom to trust, asked anew for each question. */
    interface Known {
        Optional<Peer> find(String name);

        List<Peer> list();
    }

    private final Known known;
    private final X509Certificate own;
    private final InstantSource clock;

    PeerVerifier(Known known, X509Certificate ownAuthority, InstantSource clock) {
        this.known = known;
        this.own = ownAuthority;
        this.clock = clock;
    }

    /**
     * Checks what was presented.
     *
     * @param expected the peer that was dialled; null where the other side dialled and may be any peer
     */
    PeerIdentity verify(X509Certificate[] presented, @Nullable String expected) throws PeerRefusedException {
        if (presented.length == 0) {
            throw PeerRefusedException.here(PeerRefusal.NO_CERTIFICATE, expected, "");
        }
        X509Certificate leaf = presented[0];
        if (presented.length > MAX_PRESENTED) {
            throw malformed(expected, "it showed more than " + MAX_PRESENTED + " certificates");
        }
        PeerIdentity claim = claimOf(leaf, expected);
        String site = expected == null ? claim.site() : expected;
        Peer peer = known.find(site)
                .orElseThrow(() -> PeerRefusedException.here(
                        PeerRefusal.UNKNOWN_PEER, site, " here: enrol it with `culvert peer invite " + site + "`"));
        X509Certificate authority = signerOf(leaf, peer, claim);
        if (!claim.site().equals(site)) {
            throw PeerRefusedException.here(PeerRefusal.WRONG_SITE, site, ": it is that of " + claim.site());
        }
        refuseRevoked(peer, leaf);
        Instant now = clock.instant();
        Validities.check(leaf, site, "", now);
        Validities.check(authority, site, " (it is its CA's)", now);
        LeafRules.check(leaf, authority, site, now);
        return claim;
    }

    /**
     * Checks what another gateway of this site presented: the site's own CA signed it, and it is valid now.
     *
     * @param expected the gateway that was dialled; 0 where the other side dialled
     */
    PeerIdentity verifyOwn(String site, X509Certificate[] presented, int expected) throws PeerRefusedException {
        if (presented.length == 0) {
            throw PeerRefusedException.here(PeerRefusal.NO_CERTIFICATE, site, "");
        }
        X509Certificate leaf = presented[0];
        PeerIdentity claim = claimOf(leaf, site);
        if (presented.length > MAX_PRESENTED) {
            throw malformed(site, "it showed more than " + MAX_PRESENTED + " certificates");
        }
        if (!AuthorityCertificate.isSignedBy(leaf, own)) {
            throw PeerRefusedException.here(
                    PeerRefusal.WRONG_CA, site, ", which is this site: its own CA did not sign it");
        }
        if (!claim.site().equals(site) || expected != 0 && claim.gateway() != expected) {
            throw PeerRefusedException.here(PeerRefusal.WRONG_SITE, site, ": it is that of " + claim);
        }
        Instant now = clock.instant();
        Validities.check(leaf, site, "", now);
        Validities.check(own, site, " (it is its CA's)", now);
        LeafRules.check(leaf, own, site, now);
        return claim;
    }

    /** The site that it says it is from, before anything is checked. */
    static Optional<String> claimedSite(X509Certificate[] presented) throws PeerRefusedException {
        return presented.length == 0
                ? Optional.empty()
                : Optional.of(claimOf(presented[0], null).site());
    }

    private static PeerIdentity claimOf(X509Certificate leaf, @Nullable String expected) throws PeerRefusedException {
        List<String> uris = AuthorityCertificate.uriNames(leaf);
        Optional<PeerIdentity> claim = uris.size() == 1 ? PeerIdentity.parse(uris.getFirst()) : Optional.empty();
        return claim.orElseThrow(
                () -> malformed(expected, "it must have exactly one name " + PeerIdentity.SITE_PREFIX + "NAME/gw/N"));
    }

    /** The enrolled CA that signed the leaf; tells a stranger from a site that names itself another. */
    private X509Certificate signerOf(X509Certificate leaf, Peer peer, PeerIdentity claim) throws PeerRefusedException {
        Optional<X509Certificate> signer = signerAmong(leaf, peer.authorities());
        if (signer.isPresent()) {
            return signer.get();
        }
        for (Peer other : known.list()) {
            if (signerAmong(leaf, other.authorities()).isPresent()) {
                throw wrongSite(peer, claim, other.name());
            }
        }
        if (AuthorityCertificate.isSignedBy(leaf, own)) {
            throw wrongSite(peer, claim, "this site");
        }
        throw PeerRefusedException.here(
                PeerRefusal.WRONG_CA,
                peer.name(),
                "; if that site was set up anew, revoke the peer and enrol it again");
    }

    private static PeerRefusedException wrongSite(Peer peer, PeerIdentity claim, String signer) {
        return PeerRefusedException.here(
                PeerRefusal.WRONG_SITE,
                peer.name(),
                ": it says " + claim.site() + " and the CA of " + signer + " signed it");
    }

    private static Optional<X509Certificate> signerAmong(X509Certificate leaf, List<X509Certificate> authorities) {
        return authorities.stream()
                .filter(ca -> AuthorityCertificate.isSignedBy(leaf, ca))
                .findFirst();
    }

    private static void refuseRevoked(Peer peer, X509Certificate leaf) throws PeerRefusedException {
        if (peer.isRevoked()) {
            throw PeerRefusedException.here(PeerRefusal.REVOKED, peer.name(), " at " + peer.revoked());
        }
        if (peer.revokedSerials().contains(leaf.getSerialNumber().toString(16))) {
            throw PeerRefusedException.here(PeerRefusal.REVOKED, peer.name(), " (this one certificate)");
        }
    }

    static PeerRefusedException malformed(@Nullable String site, String what) {
        return PeerRefusedException.here(PeerRefusal.MALFORMED_CERTIFICATE, site, ": " + what);
    }
}
