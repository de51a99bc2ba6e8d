package io.culvert.gateway.identity;

import com.google.protobuf.ByteString;
import io.culvert.proto.v1.GatewayReply;
import io.culvert.proto.v1.GatewayRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the state directory of one more gateway of a site, by a token of a gateway that runs.
 *
 * <p>The site's CA key comes through the one TLS connection that only that CA could open, is checked in memory, and is
 * written once, into the {@link StateDraft} of the directory that it belongs to. A failure says what became of the token.
 */
public final class GatewayJoin {
    private final Path stateDir;
    private final SiteFileForm siteFile;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Makes the site file of the new gateway from that of the one that gave the token. */
    @FunctionalInterface
    public interface SiteFileForm {
        byte[] of(byte[] given) throws IOException;
    }

    /**
     * A gateway that was made.
     *
     * @param number its number at the site
     * @param fingerprint SHA-256 of the site's CA certificate, for people to compare
     * @param peers how many peers it knows, revoked ones too
     * @param isFinished an earlier run had received all and was broken off; this one's token was not sent
     */
    public record Joined(String site, int number, String fingerprint, int peers, boolean isFinished) {}

    public GatewayJoin(Path stateDir, SiteFileForm siteFile, InstantSource clock, SecureRandom random) {
        this.stateDir = stateDir;
        this.siteFile = siteFile;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes it. Blocks for up to 40 seconds.
     *
     * @throws IdentityExistsException if the directory has an identity already; nothing was changed
     * @throws JoinRefusedException with the reason, by this side or by the other
     * @throws UnreachableException if nothing answers there
     */
    public Joined join(String text) throws IOException {
        GatewayToken token = GatewayToken.decode(text);
        try (StateDraft draft = StateDraft.begin(stateDir)) {
            boolean isFinished = draft.isWhole();
            if (!isFinished) {
                fill(draft, token);
            }
            draft.publish();
            SiteAuthority made = SiteAuthority.open(stateDir, clock, random);
            int peers = PeerRegistry.open(stateDir, clock).list().size();
            return new Joined(made.site(), made.gateway(), made.fingerprint(), peers, isFinished);
        }
    }

    private void fill(StateDraft draft, GatewayToken token) throws IOException {
        PinnedAuthority pinned = new PinnedAuthority(token, null, clock);
        GatewayReply reply;
        try {
            reply = ask(token, pinned);
        } catch (IOException e) {
            draft.discard();
            throw e;
        }
        try {
            write(draft, token, pinned, reply);
        } catch (IOException | IllegalArgumentException e) {
            draft.discard();
            throw new IOException(
                    "the site's identity came, but it cannot be kept in " + stateDir + ": " + e.getMessage()
                            + "; nothing of it was left here, and the token is used up: make a new one with"
                            + " `culvert gateway add`",
                    e);
        }
    }

    private GatewayReply ask(GatewayToken token, PinnedAuthority pinned) throws IOException {
        try {
            return call(token, pinned);
        } catch (UnreachableException e) {
            if (pinned.authority() == null) {
                throw new UnreachableException(e.getMessage() + "; the token was not used", e);
            }
            return askAgain(token, pinned);
        } catch (JoinRefusedException e) {
            throw withFate(e);
        }
    }

    /** The secret was sent and no answer came: another question tells whether it was used. */
    private GatewayReply askAgain(GatewayToken token, PinnedAuthority pinned) throws IOException {
        try {
            return call(token, pinned);
        } catch (UnreachableException e) {
            throw new UnreachableException(
                    e.getMessage()
                            + "; it had answered before, so the token may be used up: run the same command again,"
                            + " and the answer tells",
                    e);
        } catch (JoinRefusedException e) {
            throw withFate(e);
        }
    }

    private GatewayReply call(GatewayToken token, PinnedAuthority pinned) throws IOException {
        GatewayRequest request = GatewayRequest.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setSecret(ByteString.copyFrom(token.secret().bytes()))
                .setClockMillis(clock.millis())
                .build();
        return InviterCall.make(
                EnrolmentMethods.ADD_GATEWAY, request, EnrolmentMethods.MAX_GATEWAY_REPLY_BYTES, token, pinned);
    }

    private static JoinRefusedException withFate(JoinRefusedException e) {
        return switch (e.reason()) {
            case TOKEN_MALFORMED, TOKEN_UNKNOWN, TOKEN_EXPIRED, TOKEN_USED -> e;
            case WRONG_SITE_NAME, ALREADY_ENROLLED, CLOCK_SKEW, WRONG_CA, BAD_PROOF, TOO_MANY_ATTEMPTS, NO_INVITATION ->
                new JoinRefusedException(e.reason(), e.getMessage() + "; the token was not used", e);
            case MALFORMED_MESSAGE, FAILED_THERE ->
                new JoinRefusedException(
                        e.reason(),
                        e.getMessage() + "; run it again: the answer tells whether the token is good yet",
                        e);
        };
    }

    private void write(StateDraft draft, GatewayToken token, PinnedAuthority pinned, GatewayReply reply)
            throws IOException {
        X509Certificate certificate = pinned.authority();
        PrivateKey key = Pem.key(reply.getAuthorityKey().toByteArray());
        if (certificate == null
                || reply.getVersion() != JoinProofs.VERSION
                || !Ec.isPair(certificate.getPublicKey(), key)) {
            throw new IOException("what came is not the key of the CA that the token pins");
        }
        byte[] file = siteFile.of(reply.getSiteFile().toByteArray());
        PeerIdentity self = new PeerIdentity(token.inviter(), reply.getGateway());
        Set<Integer> known = new TreeSet<>(reply.getGatewaysList());
        known.add(self.gateway());
        Path identity = draft.directory().resolve(SiteAuthority.DIRECTORY);
        DurableFiles.createDirectory(identity);
        SiteAuthority.write(identity, new CertificateMint.Signer(certificate, key), random);
        GatewayNumbers.write(identity, self.gateway(), known);
        SiteAuthority authority = SiteAuthority.open(draft.directory(), clock, random);
        SharedPeers peers = new SharedPeers(authority, PeerRegistry.open(draft.directory(), clock));
        for (ByteString peer : reply.getPeersList()) {
            peers.adopt(peer.toByteArray());
        }
        draft.writeSiteFile(file);
        draft.complete();
    }
}
