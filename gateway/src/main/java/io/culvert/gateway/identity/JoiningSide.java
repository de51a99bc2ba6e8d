package io.culvert.gateway.identity;

import com.google.protobuf.ByteString;
import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * The joining site's part of an enrolment.
 *
 * <p>The TLS handshake ends unless the acceptor shows the CA that the token pins and a leaf under it, with its key; the
 * secret is sent only after. So who stands in between, with any other CA, learns that someone tried to join.
 */
final class JoiningSide {
    private final SiteAuthority authority;
    private final PeerRegistry registry;
    private final Endpoint advertised;

    JoiningSide(SiteAuthority authority, PeerRegistry registry, Endpoint advertised) {
        this.authority = authority;
        this.registry = registry;
        this.advertised = advertised;
    }

    /**
     * Joins the site that made the token; both then trust each other's CA.
     *
     * @param dials whether this site will dial the other
     */
    Peer join(JoinToken token, boolean dials) throws IOException {
        if (!token.invitee().equals(authority.site()) || token.inviter().equals(authority.site())) {
            throw new JoinRefusedException(
                    JoinRefusal.WRONG_SITE_NAME,
                    "this token is from " + token.inviter() + " for the site " + token.invitee() + ", this site is "
                            + authority.site());
        }
        if (registry.find(token.inviter()).filter(peer -> !peer.isRevoked()).isPresent()) {
            throw alreadyEnrolled(token);
        }
        JoinRequest request = request(token, dials);
        PinnedAuthority pinned = new PinnedAuthority(token, authority.certificate(), authority.clock());
        JoinReply reply =
                InviterCall.make(EnrolmentMethods.JOIN, request, EnrolmentMethods.MAX_MESSAGE_BYTES, token, pinned);
        Peer peer = checked(token, request, pinned, reply, dials);
        if (!registry.add(peer)) {
            throw alreadyEnrolled(token);
        }
        return peer;
    }

    private JoinRequest request(JoinToken token, boolean dials) throws IOException {
        byte[] nonce = new byte[JoinProofs.NONCE_BYTES];
        authority.random().nextBytes(nonce);
        JoinRequest unproven = JoinRequest.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setSecret(ByteString.copyFrom(token.secret().bytes()))
                .setSite(authority.site())
                .setEndpoint(advertised.toString())
                .setJoinerDials(dials)
                .setAuthority(ByteString.copyFrom(AuthorityCertificate.encoded(authority.certificate())))
                .setNonce(ByteString.copyFrom(nonce))
                .setClockMillis(authority.clock().millis())
                .build();
        byte[] transcript = JoinProofs.transcript(token.authority(), token.inviter(), unproven);
        return unproven.toBuilder()
                .setMac(ByteString.copyFrom(token.secret().mac(transcript)))
                .setSignature(ByteString.copyFrom(authority.sign(transcript)))
                .build();
    }

    private Peer checked(JoinToken token, JoinRequest request, PinnedAuthority pinned, JoinReply reply, boolean dials)
            throws IOException {
        X509Certificate inviter = pinned.authority();
        byte[] transcript =
                JoinProofs.transcript(JoinProofs.transcript(token.authority(), token.inviter(), request), reply);
        boolean isProven = inviter != null
                && reply.getVersion() == JoinProofs.VERSION
                && reply.getSite().equals(token.inviter())
                && CaFingerprint.of(reply.getAuthority().toByteArray()).equals(token.authority())
                && JoinProofs.hold(
                        token.secret(),
                        inviter,
                        transcript,
                        reply.getMac().toByteArray(),
                        reply.getSignature().toByteArray());
        if (inviter == null || !isProven) {
            throw new JoinRefusedException(
                    JoinRefusal.BAD_PROOF,
                    token.inviter() + " did not prove that it made this token; nothing was kept");
        }
        return new Peer(
                token.inviter(),
                Endpoint.parse(reply.getEndpoint()).orElse(token.endpoint()),
                dials,
                List.of(inviter),
                Set.of(),
                authority.clock().instant(),
                null);
    }

    private static JoinRefusedException alreadyEnrolled(JoinToken token) {
        return new JoinRefusedException(
                JoinRefusal.ALREADY_ENROLLED,
                "a peer named " + token.inviter() + " is enrolled here; `culvert peer revoke " + token.inviter()
                        + "` first, if it is to be replaced");
    }
}
