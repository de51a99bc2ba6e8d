package io.culvert.gateway.alert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * TLS that trusts whom this machine trusts: the authorities of the JDK, and those of the operating system, so that an institution's own one,
 * put there by {@code update-ca-certificates}, is known here as well. Read anew for each use.
 */
final class MachineTrust {

    /** Where Debian and Red Hat keep them. */
    static final List<Path> BUNDLES =
            List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/etc/pki/tls/certs/ca-bundle.crt"));

    private MachineTrust() {}

    /**
     * A context without a key of its own.
     *
     * @param bundles PEM files of authorities; those that are missing are passed over
     */
    static SSLContext context(List<Path> bundles) throws IOException {
        try {
            KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
            authorities.load(null, null);
            int number = 0;
            for (Certificate authority : authorities(bundles)) {
                authorities.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the machine's trusted authorities cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Certificate> authorities(List<Path> bundles) throws IOException, GeneralSecurityException {
        List<Certificate> authorities = new ArrayList<>();
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate authority : x509.getAcceptedIssuers()) {
                    authorities.add(authority);
                }
            }
        }
        CertificateFactory pem = CertificateFactory.getInstance("X.509");
        for (Path bundle : bundles) {
            if (Files.isReadable(bundle)) {
                try (InputStream in = Files.newInputStream(bundle)) {
                    authorities.addAll(pem.generateCertificates(in));
                }
            }
        }
        return authorities;
    }
}
