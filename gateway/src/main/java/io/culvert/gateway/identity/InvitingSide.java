package io.culvert.gateway.identity;

import com.google.protobuf.ByteString;
import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The inviting site's part of an enrolment: makes tokens, and answers the one who comes with one.
 *
 * <p>A stranger learns nothing before the secret was right. The order of the rules is the order in {@link #answer}; the
 * token is used up last, when all else holds, and only then is the peer added. After a crash between the two the token is
 * spent and the peer is not enrolled: the safe half. If the reply was lost, the same site (the same CA, proven) may ask
 * again with the same token until that ends, and is answered the same; nobody else may.
 */
final class InvitingSide {
    static final Duration MAX_SKEW = Duration.ofMinutes(5);

    private final SiteAuthority authority;
    private final PeerRegistry registry;
    private final Invitations invitations;
    private final Endpoint advertised;

    InvitingSide(SiteAuthority authority, PeerRegistry registry, Endpoint advertised) {
        this.authority = authority;
        this.registry = registry;
        this.invitations = new Invitations(authority.invitesDirectory(), authority.clock());
        this.advertised = advertised;
    }

    JoinToken invite(String peer, Duration life) throws IOException {
        SiteName.require(peer);
        if (peer.equals(authority.site())) {
            throw new JoinRefusedException(JoinRefusal.WRONG_SITE_NAME, "a site cannot invite itself: " + peer);
        }
        refuseEnrolled(peer);
        JoinSecret secret = JoinSecret.generate(authority.random());
        invitations.open(secret, peer, life);
        CaFingerprint fingerprint = AuthorityCertificate.fingerprint(authority.certificate());
        return new JoinToken(secret, fingerprint, authority.site(), peer, advertised);
    }

    /** Refuses at once, before a message is read, while no invitation is remembered. */
    void requireInvitation() throws IOException {
        if (!invitations.isAnyRemembered()) {
            throw new JoinRefusedException(
                    JoinRefusal.NO_INVITATION,
                    "no invitation is open at " + authority.site()
                            + ": make one there with `culvert peer invite NAME`");
        }
    }

    /** Enrols the joiner, or refuses it with the reason. */
    JoinReply answer(JoinRequest request) throws IOException {
        requireForm(request);
        JoinSecret secret = JoinSecret.read(request.getSecret().toByteArray());
        Invitations.Invitation invitation = invitations
                .find(secret)
                .orElseThrow(() -> new JoinRefusedException(
                        JoinRefusal.TOKEN_UNKNOWN, "this token was not made by " + authority.site() + ", or long ago"));
        X509Certificate joiner = readAuthority(request);
        byte[] transcript = JoinProofs.transcript(
                AuthorityCertificate.fingerprint(authority.certificate()), authority.site(), request);
        boolean isRepeat = isRepeat(invitation, joiner);
        refuseEnded(invitation);
        if (!JoinProofs.hold(
                secret,
                joiner,
                transcript,
                request.getMac().toByteArray(),
                request.getSignature().toByteArray())) {
            throw new JoinRefusedException(
                    JoinRefusal.BAD_PROOF, "the joining site did not prove that it has the secret and its CA's key");
        }
        requireName(invitation, request, joiner);
        requireClock(request);
        if (!isRepeat) {
            enrol(invitation, request, joiner);
        }
        return reply(secret, transcript);
    }

    private static void requireForm(JoinRequest request) throws JoinRefusedException {
        if (request.getVersion() != JoinProofs.VERSION) {
            throw malformed(
                    "it is of version " + request.getVersion() + ", this site speaks version " + JoinProofs.VERSION);
        }
        if (request.getSecret().size() != JoinSecret.LENGTH_BYTES
                || request.getNonce().size() != JoinProofs.NONCE_BYTES
                || request.getAuthority().size() > AuthorityCertificate.MAX_DER_BYTES
                || !SiteName.isLegal(request.getSite())
                || Endpoint.parse(request.getEndpoint()).isEmpty()) {
            throw malformed("a field is out of its bounds");
        }
    }

    private static X509Certificate readAuthority(JoinRequest request) throws JoinRefusedException {
        try {
            return AuthorityCertificate.read(request.getAuthority().toByteArray());
        } catch (IOException e) {
            throw malformed("its CA certificate is " + e.getMessage());
        }
    }

    /** Whether it was this joiner that used the token up and is enrolled by it: then it only lost the reply. */
    private boolean isRepeat(Invitations.Invitation invitation, X509Certificate joiner) throws IOException {
        Optional<String> usedBy = invitations.usedBy(invitation);
        if (usedBy.isEmpty()) {
            return false;
        }
        boolean isSame = usedBy.get()
                        .equals(AuthorityCertificate.fingerprint(joiner).toString())
                && registry.find(invitation.peer())
                        .filter(peer -> !peer.isRevoked() && peer.authorities().contains(joiner))
                        .isPresent();
        if (!isSame) {
            throw used();
        }
        return true;
    }

    private void refuseEnded(Invitations.Invitation invitation) throws JoinRefusedException {
        Instant now = authority.clock().instant();
        if (invitation.isExpiredAt(now)) {
            throw new JoinRefusedException(
                    JoinRefusal.TOKEN_EXPIRED,
                    "this token ended at " + invitation.expires() + "; ask " + authority.site() + " for a new one");
        }
    }

    private static void requireName(Invitations.Invitation invitation, JoinRequest request, X509Certificate joiner)
            throws IOException {
        String shown = AuthorityCertificate.siteOf(joiner);
        if (!request.getSite().equals(invitation.peer()) || !shown.equals(invitation.peer())) {
            throw new JoinRefusedException(
                    JoinRefusal.WRONG_SITE_NAME,
                    "this token is for the site " + invitation.peer() + ", not for " + shown);
        }
    }

    private void requireClock(JoinRequest request) throws JoinRefusedException {
        Instant now = authority.clock().instant();
        Duration skew = Duration.between(now, Instant.ofEpochMilli(request.getClockMillis()));
        if (skew.abs().compareTo(MAX_SKEW) > 0) {
            throw new JoinRefusedException(
                    JoinRefusal.CLOCK_SKEW,
                    "the clock of " + request.getSite() + " is " + Validities.words(skew.abs())
                            + (skew.isNegative() ? " behind" : " ahead of") + " that of " + authority.site()
                            + ": put them right (NTP) and join again with the same token");
        }
    }

    private void enrol(Invitations.Invitation invitation, JoinRequest request, X509Certificate joiner)
            throws IOException {
        refuseEnrolled(invitation.peer());
        if (!invitations.use(
                invitation, AuthorityCertificate.fingerprint(joiner).toString())) {
            throw used();
        }
        Peer peer = new Peer(
                invitation.peer(),
                Endpoint.of(request.getEndpoint()),
                !request.getJoinerDials(),
                List.of(joiner),
                Set.of(),
                authority.clock().instant(),
                null);
        if (!registry.add(peer)) {
            throw alreadyEnrolled(peer.name());
        }
    }

    private JoinReply reply(JoinSecret secret, byte[] requestTranscript) throws IOException {
        byte[] nonce = new byte[JoinProofs.NONCE_BYTES];
        authority.random().nextBytes(nonce);
        JoinReply unproven = JoinReply.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setSite(authority.site())
                .setEndpoint(advertised.toString())
                .setAuthority(ByteString.copyFrom(AuthorityCertificate.encoded(authority.certificate())))
                .setNonce(ByteString.copyFrom(nonce))
                .setClockMillis(authority.clock().millis())
                .build();
        byte[] transcript = JoinProofs.transcript(requestTranscript, unproven);
        return unproven.toBuilder()
                .setMac(ByteString.copyFrom(secret.mac(transcript)))
                .setSignature(ByteString.copyFrom(authority.sign(transcript)))
                .build();
    }

    private void refuseEnrolled(String peer) throws JoinRefusedException {
        if (registry.find(peer).filter(known -> !known.isRevoked()).isPresent()) {
            throw alreadyEnrolled(peer);
        }
    }

    private JoinRefusedException alreadyEnrolled(String peer) {
        return new JoinRefusedException(
                JoinRefusal.ALREADY_ENROLLED,
                "a peer named " + peer + " is enrolled at " + authority.site() + "; `culvert peer revoke " + peer
                        + "` there first, if it is to be replaced");
    }

    private static JoinRefusedException used() {
        return new JoinRefusedException(
                JoinRefusal.TOKEN_USED, "this token was used: each serves once; ask for a new one");
    }

    private static JoinRefusedException malformed(String why) {
        return new JoinRefusedException(JoinRefusal.MALFORMED_MESSAGE, "the join message is refused: " + why);
    }
}
