package io.culvert.gateway.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
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
    private static final String EXTENDED_KEY_USAGE_SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String EXTENDED_KEY_USAGE_CLIENT = "1.3.6.1.5.5.7.3.2";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";

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
        requireGateway(leaf, site);
        requirePath(leaf, authority, site, now);
        return claim;
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

    private static void requireGateway(X509Certificate leaf, String site) throws PeerRefusedException {
        List<String> purposes;
        try {
            purposes = leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw malformed(site, "its key usage cannot be read");
        }
        boolean[] usage = leaf.getKeyUsage();
        boolean both = purposes != null
                && purposes.contains(EXTENDED_KEY_USAGE_SERVER)
                && purposes.contains(EXTENDED_KEY_USAGE_CLIENT);
        if (!both || usage == null || !usage[0] || leaf.getBasicConstraints() >= 0) {
            throw malformed(site, "it must be an end-entity certificate for server and client authentication");
        }
    }

    /** The rest of RFC 5280 by the JDK: critical extensions, algorithms and the CA's name constraints. */
    private static void requirePath(X509Certificate leaf, X509Certificate authority, String site, Instant now)
            throws PeerRefusedException {
        try {
            byte[] wrapped = authority.getExtensionValue(NAME_CONSTRAINTS);
            byte[] constraints = wrapped == null
                    ? null
                    : ASN1OctetString.getInstance(wrapped).getOctets();
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, constraints)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (CertPathValidatorException e) {
            if (e.getReason() == PKIXReason.INVALID_NAME) {
                throw PeerRefusedException.here(
                        PeerRefusal.WRONG_SITE, site, ": it has a name that its CA may not give");
            }
            throw malformed(site, "its path does not hold: " + e.getReason());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw malformed(site, "its path cannot be checked");
        }
    }

    private static PeerRefusedException malformed(@Nullable String site, String what) {
        return PeerRefusedException.here(PeerRefusal.MALFORMED_CERTIFICATE, site, ": " + what);
    }
}
