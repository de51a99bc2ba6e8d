package io.culvert.gateway.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What else must hold of a leaf that the right CA signed and that is valid now.
 *
 * <p>It is an end entity for both sides of TLS, RFC 5280 path validation by the JDK holds (critical extensions,
 * algorithms), and its names are within the CA's name constraints. Those are checked by Bouncy Castle, because the JDK
 * refuses them on a trust anchor.
 */
final class LeafRules {
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    private LeafRules() {}

    static void check(X509Certificate leaf, X509Certificate authority, String site, Instant now)
            throws PeerRefusedException {
        requireEndEntity(leaf, site);
        requirePath(leaf, authority, site, now);
        requireNames(leaf, authority, site);
    }

    private static void requireEndEntity(X509Certificate leaf, String site) throws PeerRefusedException {
        List<String> purposes;
        try {
            purposes = leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw PeerVerifier.malformed(site, "its key usage cannot be read");
        }
        boolean[] usage = leaf.getKeyUsage();
        boolean isForBoth = purposes != null && purposes.contains(SERVER) && purposes.contains(CLIENT);
        if (!isForBoth || usage == null || !usage[0] || leaf.getBasicConstraints() >= 0) {
            throw PeerVerifier.malformed(
                    site, "it must be an end-entity certificate for server and client authentication");
        }
    }

    private static void requirePath(X509Certificate leaf, X509Certificate authority, String site, Instant now)
            throws PeerRefusedException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
            var unused = CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (CertPathValidatorException e) {
            throw PeerVerifier.malformed(site, "its path does not hold: " + e.getReason());
        } catch (GeneralSecurityException e) {
            throw PeerVerifier.malformed(site, "its path cannot be checked");
        }
    }

    private static void requireNames(X509Certificate leaf, X509Certificate authority, String site)
            throws PeerRefusedException {
        try {
            NameConstraints constraints = NameConstraints.getInstance(
                    extensions(authority).getExtensionParsedValue(Extension.nameConstraints));
            GeneralNames names = GeneralNames.fromExtensions(extensions(leaf), Extension.subjectAlternativeName);
            if (constraints == null || names == null) {
                return;
            }
            PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
            if (constraints.getPermittedSubtrees() != null) {
                validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
            }
            if (constraints.getExcludedSubtrees() != null) {
                for (var excluded : constraints.getExcludedSubtrees()) {
                    validator.addExcludedSubtree(excluded);
                }
            }
            for (GeneralName name : names.getNames()) {
                validator.checkPermitted(name);
                validator.checkExcluded(name);
            }
        } catch (NameConstraintValidatorException e) {
            throw PeerRefusedException.here(PeerRefusal.WRONG_SITE, site, ": it has a name that its CA may not give");
        } catch (IOException | RuntimeException e) {
            // the other site's CA wrote these bytes; whatever the ASN.1 parser makes of them, they are refused
            throw PeerVerifier.malformed(site, "its names cannot be read");
        }
    }

    private static Extensions extensions(X509Certificate certificate) throws IOException {
        return new X509CertificateHolder(AuthorityCertificate.encoded(certificate)).getExtensions();
    }
}
