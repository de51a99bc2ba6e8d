package io.culvert.gateway.testing;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A throw-away authority for tests: PEM files for a member or client on 127.0.0.1. */
public final class TestCertificates {
    private static final X500Principal AUTHORITY = new X500Principal("CN=test authority");

    private final Path directory;
    private final KeyPair authorityKeys;
    private long serial = 1;

    public TestCertificates(Path directory) throws IOException, GeneralSecurityException, OperatorCreationException {
        this.directory = Files.createDirectories(directory);
        this.authorityKeys = keys();
        JcaX509v3CertificateBuilder builder =
                builder(AUTHORITY, authorityKeys, Instant.now().plusSeconds(3600));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        write("ca.pem", sign(builder));
    }

    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /** Issues a certificate and key for both sides of a connection. */
    public EtcdProcess.Tls issue(String name, Instant notAfter)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair pair = keys();
        JcaX509v3CertificateBuilder builder = builder(new X500Principal("CN=" + name), pair, notAfter);
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        Path certificate = write(name + ".crt", sign(builder));
        Path key = write(name + ".key", new JcaPKCS8Generator(pair.getPrivate(), null));
        return new EtcdProcess.Tls(ca(), certificate, key);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private JcaX509v3CertificateBuilder builder(X500Principal subject, KeyPair pair, Instant notAfter) {
        return new JcaX509v3CertificateBuilder(
                AUTHORITY,
                BigInteger.valueOf(serial++),
                Date.from(Instant.now().minusSeconds(7200)),
                Date.from(notAfter),
                subject,
                pair.getPublic());
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private Path write(String name, Object pem) throws IOException {
        Path file = directory.resolve(name);
        try (Writer out = Files.newBufferedWriter(file);
                var writer = new JcaPEMWriter(out)) {
            writer.writeObject(pem);
        }
        return file;
    }
}
