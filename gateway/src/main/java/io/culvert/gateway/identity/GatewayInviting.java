package io.culvert.gateway.identity;

import com.google.protobuf.ByteString;
import io.culvert.proto.v1.GatewayReply;
import io.culvert.proto.v1.GatewayRequest;
import io.grpc.ServerCall;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tokens for one more gateway of this site, and gives the one who comes with one the site's identity, once.
 *
 * <p>The order in {@link #answer} is such that whatever fails leaves the token good, until all that is given away is
 * ready in memory and the new number is noted; the token is used up last. After a crash between the two a number is lost, and
 * nothing was given away. A lost reply is not repeated: who asks again hears that the token was used.
 */
final class GatewayInviting implements UnprovenCalls.Answer<GatewayRequest, GatewayReply> {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayInviting.class);
    private static final int MAX_TRIES = 16;

    private final SiteAuthority authority;
    private final SharedPeers peers;
    private final Invitations invitations;
    private final SiteIdentity.Settings settings;

    GatewayInviting(SiteAuthority authority, SharedPeers peers, SiteIdentity.Settings settings) {
        this.authority = authority;
        this.peers = peers;
        this.invitations = new Invitations(authority.gatewayInvitesDirectory(), authority.clock());
        this.settings = settings;
    }

    GatewayToken invite(Duration life) throws IOException {
        JoinSecret secret = JoinSecret.generate(authority.random());
        invitations.open(secret, authority.site(), life);
        CaFingerprint fingerprint = AuthorityCertificate.fingerprint(authority.certificate());
        return new GatewayToken(secret, fingerprint, authority.site(), settings.advertise());
    }

    /** Refuses at once, before a message is read, while no invitation is remembered. */
    @Override
    public void beforeReading() throws IOException {
        if (!invitations.isAnyRemembered()) {
            throw new JoinRefusedException(
                    JoinRefusal.NO_INVITATION,
                    "this gateway of " + authority.site()
                            + " has made no token for another gateway: make one with `culvert gateway add`");
        }
    }

    @Override
    public GatewayReply answer(GatewayRequest request, ServerCall<?, ?> call) throws IOException {
        requireForm(request);
        Invitations.Invitation invitation = invitations
                .find(JoinSecret.read(request.getSecret().toByteArray()))
                .orElseThrow(() -> new JoinRefusedException(
                        JoinRefusal.TOKEN_UNKNOWN,
                        "this token was not made by gateway " + authority.gateway() + " of " + authority.site()
                                + ", or long ago"));
        if (invitations.usedBy(invitation).isPresent()) {
            throw used();
        }
        if (invitation.isExpiredAt(authority.clock().instant())) {
            throw new JoinRefusedException(
                    JoinRefusal.TOKEN_EXPIRED,
                    "this token ended at " + invitation.expires() + "; make a new one with `culvert gateway add`");
        }
        requireClock(request);
        GatewayReply.Builder reply = GatewayReply.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setAuthorityKey(ByteString.copyFrom(authority.encodedKey()))
                .setSiteFile(ByteString.copyFrom(siteFile()));
        for (byte[] peer : peers.export().values()) {
            reply.addPeers(ByteString.copyFrom(peer));
        }
        int number = takeNumber();
        if (!invitations.use(invitation, "gateway " + number)) {
            throw used();
        }
        LOG.atInfo().addKeyValue("gateway", number).log("one more gateway was given this site's identity");
        return reply.setGateway(number)
                .addAllGateways(authority.numbers().known())
                .build();
    }

    private byte[] siteFile() throws JoinRefusedException {
        try {
            return settings.siteFile().read();
        } catch (IOException e) {
            throw new JoinRefusedException(
                    JoinRefusal.FAILED_THERE,
                    "the site file of gateway " + authority.gateway() + " cannot be given: " + e.getMessage(),
                    e);
        }
    }

    /** The next number after all that are known, noted here and taken for the site. */
    private int takeNumber() throws IOException {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            TreeSet<Integer> taken = authority.numbers().known();
            Set<Integer> elsewhere = settings.gateways().numbers();
            for (int number : elsewhere) {
                authority.numbers().note(number);
            }
            taken.addAll(elsewhere);
            int next = taken.last() + 1;
            if (next > PeerIdentity.MAX_GATEWAY) {
                throw new IOException("a site's gateways are numbered up to " + PeerIdentity.MAX_GATEWAY);
            }
            if (settings.gateways().take(next) && authority.numbers().note(next)) {
                return next;
            }
        }
        throw new IOException("other gateways took " + MAX_TRIES + " numbers meanwhile; try again");
    }

    private static void requireForm(GatewayRequest request) throws JoinRefusedException {
        if (request.getVersion() != JoinProofs.VERSION || request.getSecret().size() != JoinSecret.LENGTH_BYTES) {
            throw new JoinRefusedException(
                    JoinRefusal.MALFORMED_MESSAGE,
                    "the message is refused: it is of version " + request.getVersion()
                            + ", this gateway speaks version " + JoinProofs.VERSION + ", or its secret is none");
        }
    }

    private void requireClock(GatewayRequest request) throws JoinRefusedException {
        Duration skew = Duration.between(authority.clock().instant(), Instant.ofEpochMilli(request.getClockMillis()));
        if (skew.abs().compareTo(InvitingSide.MAX_SKEW) > 0) {
            throw new JoinRefusedException(
                    JoinRefusal.CLOCK_SKEW,
                    "the clock of the new host is " + Validities.words(skew.abs())
                            + (skew.isNegative() ? " behind" : " ahead of") + " that of gateway "
                            + authority.gateway() + ": put them right (NTP) and run it again");
        }
    }

    private static JoinRefusedException used() {
        return new JoinRefusedException(
                JoinRefusal.TOKEN_USED,
                "this token was used: each serves once; make a new one with `culvert gateway add`");
    }
}
