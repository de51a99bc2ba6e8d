package io.culvert.gateway.identity;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake asks when it has the other side's certificates: a yes, or a refusal with its reason.
 *
 * <p>The refusal is the cause of the failed handshake ({@link PeerRefusedException#in}), and its TLS alert is the one
 * that fits best. No CA names are offered, so a stranger cannot list whom this site trusts, and nothing is frozen in an
 * SslContext when it is built.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
    /** Decides about what the other side presented. */
    @FunctionalInterface
    interface Rule {
        void check(X509Certificate[] presented) throws PeerRefusedException;
    }

    private final Rule forServers;
    private final Rule forClients;

    private HandshakeTrust(Rule forServers, Rule forClients) {
        this.forServers = forServers;
        this.forClients = forClients;
    }

    /** For the dialling side: the acceptor must pass the rule, or nothing is sent to it. */
    static HandshakeTrust dialing(Rule rule) {
        return new HandshakeTrust(rule, presented -> {
            throw new IllegalStateException("a dialling side is never shown a client's certificate");
        });
    }

    /**
     * For the accepting side: the handshake proves that the dialler holds the key of what it shows, and no more. Whether
     * that certificate counts is asked for each call by {@link PeerGate}, which can give the reason to the other side.
     */
    static HandshakeTrust acceptingAnyProvenKey() {
        return new HandshakeTrust(
                presented -> {
                    throw new IllegalStateException("an accepting side is never shown a server's certificate");
                },
                presented -> {});
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, @Nullable String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        apply(forClients, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, @Nullable String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        apply(forServers, chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, @Nullable String authType, @Nullable Socket socket)
            throws CertificateException {
        apply(forClients, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, @Nullable String authType, @Nullable Socket socket)
            throws CertificateException {
        apply(forServers, chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, @Nullable String authType) throws CertificateException {
        apply(forClients, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, @Nullable String authType) throws CertificateException {
        apply(forServers, chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static void apply(Rule rule, X509Certificate[] presented) throws CertificateException {
        try {
            rule.check(presented);
        } catch (PeerRefusedException e) {
            throw new OpenSslCertificateException(e.getMessage(), e, alertFor(e.reason()));
        }
    }

    private static int alertFor(PeerRefusal reason) {
        return switch (reason) {
            case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
            case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
            case WRONG_CA, UNKNOWN_PEER -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case WRONG_SITE, NO_CERTIFICATE, MALFORMED_CERTIFICATE -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
        };
    }
}
