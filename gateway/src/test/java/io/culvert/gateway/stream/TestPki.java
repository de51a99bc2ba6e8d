package io.culvert.gateway.stream;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA of a test, and what a site gets from it. */
final class TestPki {

    private record Issued(KeyPair keys, X509Certificate certificate) {}

    private final Issued ca;
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private long serial = 1;

    TestPki() {
        try {
            KeyPair keys = keys();
            X500Name name = new X500Name("CN=test CA");
            var builder = builder(name, name, keys);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            ca = new Issued(keys, sign(builder, keys));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("no test CA", e);
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(serial++),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair keys)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private Issued issue(String site) {
        try {
            KeyPair keys = keys();
            var builder = builder(new X500Name("CN=test CA"), new X500Name("CN=" + site), keys);
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host(site))));
            return new Issued(keys, sign(builder, ca.keys));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("no certificate for " + site, e);
        }
    }

    /** From now on, this site is refused by name. */
    void revoke(String site) {
        revoked.add(site);
    }

    /** What this site has, or this gateway of a site that has several: its certificate, and trust in this CA. */
    PeerSecurity security(String site) {
        Issued own = issue(site);
        try {
            SslContext server = GrpcSslContexts.configure(
                            SslContextBuilder.forServer(own.keys.getPrivate(), own.certificate, ca.certificate),
                            SslProvider.OPENSSL)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .trustManager(ca.certificate)
                    .protocols("TLSv1.3")
                    .build();
            SslContext client = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
                    .keyManager(own.keys.getPrivate(), own.certificate, ca.certificate)
                    .trustManager(ca.certificate)
                    .protocols("TLSv1.3")
                    .build();
            return new Security(GatewayName.siteOf(site), server, client);
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS for " + site, e);
        }
    }

    private static String host(String site) {
        return site.replace('/', '-') + ".culvert.test";
    }

    private final class Security implements PeerSecurity {

        private final String own;
        private final SslContext server;
        private final SslContext client;

        Security(String own, SslContext server, SslContext client) {
            this.own = own;
            this.server = server;
            this.client = client;
        }

        @Override
        public SslContext accepting() {
            return server;
        }

        @Override
        public SslContext dialing(String peer) {
            return client;
        }

        @Override
        public String serverName(String peer) {
            return host(peer);
        }

        @Override
        public String verify(SSLSession session) throws PeerRefusedException {
            try {
                X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
                String site = certificate.getSubjectX500Principal().getName().substring("CN=".length());
                if (revoked.contains(site)) {
                    throw new PeerRefusedException("revoked", site + " is revoked here");
                }
                return GatewayName.siteOf(site).equals(own) ? site : GatewayName.siteOf(site);
            } catch (SSLPeerUnverifiedException e) {
                throw new PeerRefusedException("no-certificate", "the peer showed no certificate");
            }
        }
    }
}
