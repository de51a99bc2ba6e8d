package io.culvert.gateway.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes X.509 certificates (RFC 5280): a site's CA, and the leaves under it. P-256 with ECDSA and SHA-256.
 *
 * <p>P-256 and not Ed25519: BoringSSL does not offer Ed25519 signatures unless each side switches them on.
 */
final class CertificateMint {
    static final Duration AUTHORITY_LIFE = Duration.ofDays(3_653);
    /** Leaves start this long before they are made, so that a peer whose clock is a little behind takes them. */
    static final Duration BACKDATE = Duration.ofMinutes(5);

    private static final int SERIAL_BITS = 159;
    private static final String SIGNATURE = "SHA256withECDSA";

    private final SecureRandom random;

    CertificateMint(SecureRandom random) {
        this.random = random;
    }

    /** Who signs. */
    record Signer(X509Certificate certificate, PrivateKey key) {}

    /** How long a certificate is valid, both ends included. */
    record Validity(Instant from, Instant until) {
        static Validity startingAt(Instant now, Duration life) {
            return new Validity(now.minus(BACKDATE), now.plus(life));
        }
    }

    /**
     * Makes the self-signed CA of a site: path length 0, and every URI name below it must be in the trust domain.
     *
     * <p>DNS and IP names are not constrained, because the console's certificate comes from the same CA and its names
     * are the operator's to choose. RFC 5280 constrains only the host of a URI, so the site in its path is checked by
     * {@link PeerVerifier}.
     */
    X509Certificate authority(String site, KeyPair pair, Instant now) throws IOException {
        X500Name name = name("Culvert CA of site " + site);
        Validity validity = Validity.startingAt(now, AUTHORITY_LIFE);
        var builder = builder(name, name, pair.getPublic(), validity);
        var ids = extensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(uri(PeerIdentity.authorityUri(site))));
        builder.addExtension(
                Extension.nameConstraints,
                true,
                new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(uri(PeerIdentity.TRUST_DOMAIN))}, null));
        builder.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
        return signed(builder, pair.getPrivate());
    }

    /** Makes a gateway's leaf. The names are the caller's, never a requester's. */
    X509Certificate leaf(Signer signer, PeerIdentity identity, List<String> hostNames, PublicKey key, Validity validity)
            throws IOException {
        GeneralNames names = HostNames.generalNames(
                hostNames,
                uri(identity.toString()),
                dns(identity.dnsName()),
                dns(PeerIdentity.siteDnsName(identity.site())));
        KeyPurposeId[] both = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        return endEntity(
                signer,
                "Culvert gateway " + identity.gateway() + " of site " + identity.site(),
                names,
                both,
                key,
                validity);
    }

    /** Makes a leaf for the console: a server with host names and no gateway identity, so no peer takes it for one. */
    X509Certificate console(Signer signer, String site, List<String> hostNames, PublicKey key, Validity validity)
            throws IOException {
        GeneralNames names = HostNames.generalNames(hostNames);
        KeyPurposeId[] server = {KeyPurposeId.id_kp_serverAuth};
        return endEntity(signer, "Culvert console of site " + site, names, server, key, validity);
    }

    private X509Certificate endEntity(
            Signer signer,
            String subject,
            GeneralNames names,
            KeyPurposeId[] purposes,
            PublicKey key,
            Validity validity)
            throws IOException {
        if (!(key instanceof ECPublicKey)) {
            throw new IllegalArgumentException("a leaf's key must be an EC key, was " + key.getAlgorithm());
        }
        X500Name issuer = X500Name.getInstance(
                signer.certificate().getSubjectX500Principal().getEncoded());
        var builder = builder(issuer, name(subject), key, validity);
        var ids = extensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        builder.addExtension(Extension.subjectAlternativeName, false, names);
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                ids.createAuthorityKeyIdentifier(signer.certificate().getPublicKey()));
        return signed(builder, signer.key());
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key, Validity validity) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                Date.from(validity.from()),
                Date.from(validity.until()),
                subject,
                key);
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key) throws IOException {
        try {
            return Pem.certificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException e) {
            throw new IOException("the CA's key cannot sign: " + e.getMessage(), e);
        }
    }

    private static JcaX509ExtensionUtils extensionUtils() {
        try {
            return new JcaX509ExtensionUtils();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1 for key identifiers", e);
        }
    }

    private static X500Name name(String common) {
        return new X500NameBuilder()
                .addRDN(BCStyle.O, "Culvert")
                .addRDN(BCStyle.CN, common)
                .build();
    }

    private static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }
}
