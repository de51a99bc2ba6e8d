package io.culvert.gateway.alert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS that trusts whom this machine trusts: the authorities of the JDK, and those of the operating system, so that an institution's own one,
 * put there by {@code update-ca-certificates}, is known here as well. Read anew for each use.
 */
final class MachineTrust {

    /** Where Debian and Red Hat keep them. */
    static final List<Path> BUNDLES =
            List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/etc/pki/tls/certs/ca-bundle.crt"));

    private static final Logger LOG = LoggerFactory.getLogger(MachineTrust.class);
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]{1,65536}-----END CERTIFICATE-----");

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
        for (Path bundle : bundles) {
            if (Files.isReadable(bundle)) {
                authorities.addAll(read(bundle));
            }
        }
        return authorities;
    }

    /** One that is broken costs only those that it signed. */
    private static List<Certificate> read(Path bundle) throws IOException, GeneralSecurityException {
        CertificateFactory pem = CertificateFactory.getInstance("X.509");
        List<Certificate> authorities = new ArrayList<>();
        Matcher block = PEM.matcher(Files.readString(bundle, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            byte[] bytes = block.group().getBytes(StandardCharsets.US_ASCII);
            try {
                authorities.add(pem.generateCertificate(new ByteArrayInputStream(bytes)));
            } catch (CertificateException e) {
                LOG.debug("an authority of {} cannot be read: {}", bundle, e.getMessage());
            }
        }
        return authorities;
    }
}
