package io.culvert.gateway.identity;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates that an honest site would never make, with a site's real CA key or with a false one. */
final class Forger {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final CertificateMint mint = new CertificateMint(RANDOM);
    private final CertificateMint.Signer signer;
    private final TestClock clock;

    private Forger(CertificateMint.Signer signer, TestClock clock) {
        this.signer = signer;
        this.clock = clock;
    }

    /** With the CA key of a site that went bad. */
    static Forger withKeyOf(TestSite site) throws IOException {
        Path identity = site.stateDir.resolve(SiteAuthority.DIRECTORY);
        return new Forger(
                new CertificateMint.Signer(
                        Pem.readCertificate(identity.resolve("authority.crt")),
                        Pem.readKey(identity.resolve("authority.key"))),
                site.clock);
    }

    /** With a CA of its own, of the same name as an honest one. */
    static Forger stranger(String site, TestClock clock) throws IOException {
        KeyPair pair = Ec.generate(RANDOM);
        X509Certificate ca = new CertificateMint(RANDOM).authority(site, pair, clock.instant());
        return new Forger(new CertificateMint.Signer(ca, pair.getPrivate()), clock);
    }

    X509Certificate authority() {
        return signer.certificate();
    }

    Leaf gateway(String site) throws IOException {
        return gateway(site, CertificateMint.Validity.startingAt(clock.instant(), SiteAuthority.LEAF_LIFE));
    }

    Leaf gateway(String site, CertificateMint.Validity validity) throws IOException {
        KeyPair pair = Ec.generate(RANDOM);
        X509Certificate leaf =
                mint.leaf(signer, new PeerIdentity(site, 1), List.of("localhost"), pair.getPublic(), validity);
        return new Leaf(leaf, signer.certificate(), pair.getPrivate());
    }

    Leaf console(String site) throws IOException {
        KeyPair pair = Ec.generate(RANDOM);
        var validity = CertificateMint.Validity.startingAt(clock.instant(), Duration.ofDays(1));
        X509Certificate leaf = mint.console(signer, site, List.of("localhost"), pair.getPublic(), validity);
        return new Leaf(leaf, signer.certificate(), pair.getPrivate());
    }

    /** A leaf with exactly these names and basic constraints. */
    Leaf withNames(boolean isAuthority, GeneralName... names) throws IOException {
        KeyPair pair = Ec.generate(RANDOM);
        var validity = CertificateMint.Validity.startingAt(clock.instant(), SiteAuthority.LEAF_LIFE);
        var builder = new JcaX509v3CertificateBuilder(
                X500Name.getInstance(
                        signer.certificate().getSubjectX500Principal().getEncoded()),
                BigInteger.valueOf(RANDOM.nextLong(1, Long.MAX_VALUE)),
                Date.from(validity.from()),
                Date.from(validity.until()),
                new X500Name("CN=forged"),
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        try {
            var holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.key()));
            return new Leaf(Pem.certificate(holder), signer.certificate(), pair.getPrivate());
        } catch (OperatorCreationException e) {
            throw new IOException(e);
        }
    }

    static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    /** A client context that shows this leaf and takes any server. */
    SslContext dialing(Leaf leaf, Path scratch) throws IOException {
        return contexts(leaf, scratch).forTellingRefusal();
    }

    /** A server context that shows this leaf. */
    SslContext accepting(Leaf leaf, Path scratch) throws IOException {
        return contexts(leaf, scratch).forAccepting();
    }

    private TlsContexts contexts(Leaf leaf, Path scratch) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "forger");
        PeerRegistry nobody = PeerRegistry.open(directory, clock);
        return new TlsContexts(
                "nobody", nobody, new PeerVerifier(nobody, signer.certificate(), clock), new LeafKeyManager(leaf));
    }
}
