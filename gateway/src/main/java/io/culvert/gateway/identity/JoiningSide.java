package io.culvert.gateway.identity;

import com.google.protobuf.ByteString;
import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The joining site's part of an enrolment.
 *
 * <p>The TLS handshake ends unless the acceptor shows the CA that the token pins and a leaf under it, with its key; the
 * secret is sent only after. So who stands in between, with any other CA, learns that someone tried to join.
 */
final class JoiningSide {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

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
        PinnedAuthority pinned = new PinnedAuthority(token, authority);
        Peer peer = checked(token, request, pinned, call(token, request, pinned), dials);
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

    private static JoinReply call(JoinToken token, JoinRequest request, PinnedAuthority pinned) throws IOException {
        try {
            var reply = OneCall.to(token.endpoint(), TlsContexts.forJoining(pinned))
                    .make(EnrolmentMethods.JOIN, new Incoming.Value<>(request), DEADLINE);
            return switch (reply) {
                case Incoming.Value<JoinReply> value -> value.message();
                case Incoming.Refused<JoinReply> none ->
                    throw new JoinRefusedException(
                            JoinRefusal.MALFORMED_MESSAGE,
                            "the reply of " + token.inviter() + " is refused: " + none.why());
            };
        } catch (StatusRuntimeException e) {
            throw named(token, e);
        }
    }

    private static IOException named(JoinToken token, StatusRuntimeException e) {
        Optional<PeerRefusedException> refused = PeerRefusedException.in(e);
        if (refused.isPresent()) {
            return refusedHere(token, refused.get());
        }
        Optional<JoinRefusal> there = Refusals.named(JoinRefusal.class, e.getTrailers());
        if (there.isPresent()) {
            return new JoinRefusedException(
                    there.get(), token.inviter() + " refuses: " + Refusals.sentence(e.getStatus()), e);
        }
        Status.Code code = e.getStatus().getCode();
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
            return new UnreachableException(
                    "nothing answered as a Culvert gateway at " + token.endpoint() + " (" + rootSentence(e)
                            + "); check that " + token.inviter()
                            + " runs and that TCP gets there: `culvert probe --host "
                            + token.endpoint().host() + " --port "
                            + token.endpoint().port() + "`",
                    e);
        }
        return new JoinRefusedException(
                JoinRefusal.FAILED_THERE,
                token.inviter() + " failed: " + code + " " + Refusals.sentence(e.getStatus()),
                e);
    }

    private static JoinRefusedException refusedHere(JoinToken token, PeerRefusedException refused) {
        JoinRefusal reason = switch (refused.reason()) {
            case EXPIRED, NOT_YET_VALID -> JoinRefusal.CLOCK_SKEW;
            case WRONG_CA, WRONG_SITE, REVOKED, NO_CERTIFICATE, UNKNOWN_PEER, MALFORMED_CERTIFICATE ->
                JoinRefusal.WRONG_CA;
        };
        return new JoinRefusedException(
                reason,
                "what answers at " + token.endpoint() + " is not the site that made this token, so the secret was not"
                        + " sent: " + refused.getMessage(),
                refused);
    }

    private static String rootSentence(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 16 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
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

    /** Takes an acceptor only under the CA that the token pins; remembers that CA. */
    private static final class PinnedAuthority implements HandshakeTrust.Rule {
        private final JoinToken token;
        private final SiteAuthority own;
        private volatile @Nullable X509Certificate authority;

        PinnedAuthority(JoinToken token, SiteAuthority own) {
            this.token = token;
            this.own = own;
        }

        @Nullable
        X509Certificate authority() {
            return authority;
        }

        @Override
        public void check(X509Certificate[] presented) throws PeerRefusedException {
            X509Certificate pinned = pinnedAmong(presented);
            Peer inviter = new Peer(
                    token.inviter(),
                    token.endpoint(),
                    true,
                    List.of(pinned),
                    Set.of(),
                    own.clock().instant(),
                    null);
            new PeerVerifier(only(inviter), own.certificate(), own.clock()).verify(presented, token.inviter());
            authority = pinned;
        }

        private X509Certificate pinnedAmong(X509Certificate[] presented) throws PeerRefusedException {
            for (X509Certificate candidate : presented) {
                if (AuthorityCertificate.fingerprint(candidate).equals(token.authority())
                        && isSiteAuthority(candidate)) {
                    return candidate;
                }
            }
            throw PeerRefusedException.here(
                    PeerRefusal.WRONG_CA,
                    token.inviter(),
                    ": the token pins " + token.authority() + "; the address is another host's, or someone opens TLS"
                            + " on the way");
        }

        private boolean isSiteAuthority(X509Certificate candidate) {
            try {
                return AuthorityCertificate.siteOf(candidate).equals(token.inviter());
            } catch (IOException e) {
                return false;
            }
        }

        private static PeerVerifier.Known only(Peer peer) {
            return new PeerVerifier.Known() {
                @Override
                public Optional<Peer> find(String name) {
                    return name.equals(peer.name()) ? Optional.of(peer) : Optional.empty();
                }

                @Override
                public List<Peer> list() {
                    return List.of(peer);
                }
            };
        }
    }
}
