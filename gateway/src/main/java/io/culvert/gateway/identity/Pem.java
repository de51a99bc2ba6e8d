package io.culvert.gateway.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates and private keys as PEM text (RFC 7468), keys as PKCS #8. */
final class Pem {
    static final int MAX_FILE_BYTES = 16 << 10;

    private Pem() {}

    static String text(X509Certificate certificate) {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate must have an encoding", e);
        }
    }

    static String text(PrivateKey key) {
        return text("PRIVATE KEY", key.getEncoded());
    }

    static X509Certificate certificate(String text) throws IOException {
        if (parse(text) instanceof X509CertificateHolder holder) {
            return certificate(holder);
        }
        throw new IOException("no certificate in PEM form");
    }

    /** Reads one DER certificate, whole: nothing may follow it. */
    static X509Certificate certificate(byte[] der) throws IOException {
        try {
            var parsed = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (parsed instanceof X509Certificate certificate && Arrays.equals(certificate.getEncoded(), der)) {
                return certificate;
            }
            throw new IOException("not a certificate in DER form, whole");
        } catch (CertificateException e) {
            throw new IOException("not a certificate: " + e.getMessage(), e);
        }
    }

    static X509Certificate certificate(X509CertificateHolder holder) throws IOException {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (CertificateException e) {
            throw new IOException("not a certificate: " + e.getMessage(), e);
        }
    }

    static X509Certificate readCertificate(Path file) throws IOException {
        try {
            return certificate(readText(file));
        } catch (IOException e) {
            throw new IOException("cannot read the certificate " + file + ": " + e.getMessage(), e);
        }
    }

    static PrivateKey readKey(Path file) throws IOException {
        if (parse(readText(file)) instanceof PrivateKeyInfo info) {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        }
        throw new IOException(file + " holds no private key in PKCS #8 PEM form");
    }

    /** Reads a P-256 private key, PKCS #8 in DER. */
    static PrivateKey key(byte[] der) throws IOException {
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            return Ec.pairOf(key).getPrivate();
        } catch (InvalidKeySpecException e) {
            throw new IOException("not a P-256 private key in PKCS #8: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has EC", e);
        }
    }

    private static String readText(Path file) throws IOException {
        return new String(DurableFiles.read(file, MAX_FILE_BYTES), StandardCharsets.US_ASCII);
    }

    private static Object parse(String text) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            Object parsed = parser.readObject();
            return parsed == null ? "" : parsed;
        } catch (RuntimeException e) {
            throw new IOException("not in PEM form: " + e.getMessage(), e);
        }
    }

    private static String text(String type, byte[] content) {
        StringWriter out = new StringWriter();
        try (PemWriter writer = new PemWriter(out)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new IllegalStateException("writing to a string must not fail", e);
        }
        return out.toString();
    }
}
