package io.culvert.gateway.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of this gateway: TLS 1.3 only, ALPN {@code h2} only, BoringSSL, no session tickets, and the hybrid
 * post-quantum group X25519MLKEM768 first.
 *
 * <p>Nothing that changes is frozen in a context: the leaf and the enrolled CAs are looked up in each handshake, and no
 * list of CA names is sent, so renewals, enrolments and revocations count from the next handshake on. Live connections
 * stay as they are; the owner of the stream ends them when {@link #onPeerChanged} says so. Any thread may use it.
 */
public final class TlsContexts {
    /** In the order of preference; the first is a hybrid of X25519 and ML-KEM-768 (FIPS 203). */
    private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

    private static final int MAX_CHAIN_BYTES = 16 << 10;

    private final List<Consumer<PeerRefusedException>> refusalListeners = new CopyOnWriteArrayList<>();
    private final String site;
    private final PeerRegistry registry;
    private final PeerVerifier verifier;
    private final LeafKeyManager leaf;
    private final SslContext accepting;

    /** @param site the own one */
    TlsContexts(String site, PeerRegistry registry, PeerVerifier verifier, LeafKeyManager leaf) {
        this.site = site;
        this.registry = registry;
        this.verifier = verifier;
        this.leaf = leaf;
        this.accepting = accepting(leaf);
    }

    /** The own site. */
    public String site() {
        return site;
    }

    /**
     * For the one port. A handshake with it proves possession of a key, not trust: the server must have the
     * {@link PeerGate} as an interceptor around every service.
     */
    public SslContext forAccepting() {
        return accepting;
    }

    /**
     * For dialling a peer: the handshake fails unless the acceptor is a gateway of exactly that peer, which is enrolled
     * and not revoked. The refusal is in the failure of the call ({@link Refusals#in}).
     */
    public SslContext forDialing(String peer) {
        return dialing(leaf, presented -> {
            try {
                var unused = verifier.verify(presented, peer);
            } catch (PeerRefusedException e) {
                refusalListeners.forEach(listener -> listener.accept(e));
                throw e;
            }
        });
    }

    /** For dialling another gateway of this site: the handshake fails unless the acceptor is that one. */
    public SslContext forDialingGateway(int number) {
        return dialing(leaf, presented -> {
            var unused = verifier.verifyOwn(site, presented, number);
        });
    }

    /** The DNS name in every gateway's certificate of a site, to be sent as SNI: it hides what host is dialled. */
    public static String serverName(String peer) {
        return PeerIdentity.siteDnsName(peer);
    }

    /**
     * Adds a listener for each acceptor that {@link #forDialing} refuses; called within the handshake, so it must not
     * block or throw.
     */
    public void onRefused(Consumer<PeerRefusedException> listener) {
        refusalListeners.add(listener);
    }

    /**
     * Who is at the far side, a gateway of a peer or of this site; asks anew, so it also serves to check a live connection after a change.
     */
    public PeerIdentity verifyAccepted(SSLSession session) throws PeerRefusedException {
        X509Certificate[] presented = presentedIn(session);
        boolean own = PeerVerifier.claimedSite(presented).filter(site::equals).isPresent();
        return own ? verifier.verifyOwn(site, presented, 0) : verifier.verify(presented, null);
    }

    /** Who was dialled, checked as of now. */
    public PeerIdentity verifyDialed(String peer, SSLSession session) throws PeerRefusedException {
        return verifier.verify(presentedIn(session), peer);
    }

    /** Adds a listener for every later change of a peer; see {@link PeerRegistry#onPeerChanged}. */
    public void onPeerChanged(Consumer<PeerChange> listener) {
        registry.onPeerChanged(listener);
    }

    /**
     * For a call that only tells an acceptor that it was refused: shows this gateway's leaf, trusts nobody. Nothing that
     * matters may be sent through it.
     */
    SslContext forTellingRefusal() {
        return dialing(leaf, presented -> {});
    }

    /** For a site that joins: without a certificate, because the inviter does not know its CA yet. */
    static SslContext forJoining(HandshakeTrust.Rule rule) {
        return dialing(null, rule);
    }

    private static SslContext accepting(LeafKeyManager leaf) {
        SslContextBuilder builder = SslContextBuilder.forServer(leaf)
                .trustManager(HandshakeTrust.acceptingAnyProvenKey())
                .clientAuth(ClientAuth.OPTIONAL);
        return build(builder);
    }

    private static SslContext dialing(@Nullable LeafKeyManager leaf, HandshakeTrust.Rule rule) {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(HandshakeTrust.dialing(rule));
        if (leaf != null) {
            builder.keyManager(leaf);
        }
        return build(builder);
    }

    private static SslContext build(SslContextBuilder builder) {
        GrpcSslContexts.configure(builder, SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .option(OpenSslContextOption.GROUPS, GROUPS.clone())
                .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MAX_CHAIN_BYTES);
        SslContext context;
        try {
            context = builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("BoringSSL must take this fixed set-up", e);
        }
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
        return context;
    }

    private static X509Certificate[] presentedIn(SSLSession session) {
        try {
            Certificate[] shown = session.getPeerCertificates();
            X509Certificate[] presented = new X509Certificate[shown.length];
            for (int i = 0; i < shown.length; i++) {
                presented[i] = (X509Certificate) shown[i];
            }
            return presented;
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0];
        }
    }
}
