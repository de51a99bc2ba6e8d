package io.culvert.gateway.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What must hold for a certificate to be the CA of a site, and what it says. */
final class AuthorityCertificate {
    static final int MAX_DER_BYTES = 4 << 10;
    private static final int KEY_CERT_SIGN = 5;
    private static final int URI_NAME = 6;

    private AuthorityCertificate() {}

    /** Reads a CA certificate that came from outside. @throws IOException naming what is wrong with it */
    static X509Certificate read(byte[] der) throws IOException {
        if (der.length > MAX_DER_BYTES) {
            throw new IOException("a CA certificate must be at most " + MAX_DER_BYTES + " bytes, was " + der.length);
        }
        X509Certificate certificate = Pem.certificate(der);
        siteOf(certificate);
        return certificate;
    }

    /**
     * The site that the certificate is the CA of.
     *
     * @throws IOException if it is not a site's CA: not self-signed, not a CA with path length 0, not a P-256 key, or
     *     without exactly one URI name of a site
     */
    static String siteOf(X509Certificate certificate) throws IOException {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getBasicConstraints() != 0 || usage == null || !usage[KEY_CERT_SIGN]) {
            throw new IOException("not a CA certificate with path length 0");
        }
        if (!(certificate.getPublicKey() instanceof ECPublicKey key)
                || key.getParams().getOrder().bitLength() != 256) {
            throw new IOException("not a CA certificate with a P-256 key");
        }
        if (!isSignedBy(certificate, certificate)) {
            throw new IOException("not a self-signed CA certificate");
        }
        List<String> uris = uriNames(certificate);
        if (uris.size() == 1 && uris.getFirst().startsWith(PeerIdentity.SITE_PREFIX)) {
            String site = uris.getFirst().substring(PeerIdentity.SITE_PREFIX.length());
            if (SiteName.isLegal(site)) {
                return site;
            }
        }
        throw new IOException(
                "not the CA certificate of a site: it must have one name " + PeerIdentity.SITE_PREFIX + "NAME");
    }

    static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
        if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static CaFingerprint fingerprint(X509Certificate certificate) {
        return CaFingerprint.of(encoded(certificate));
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate must have an encoding", e);
        }
    }

    /** The URI names of a certificate; none if they cannot be read. */
    static List<String> uriNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            List<String> uris = new ArrayList<>();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0) instanceof Integer type && type == URI_NAME && name.get(1) instanceof String uri) {
                        uris.add(uri);
                    }
                }
            }
            return uris;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
