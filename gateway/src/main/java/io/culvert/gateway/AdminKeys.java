package io.culvert.gateway;

import io.culvert.gateway.identity.AdminCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The key and certificate of {@code admin.listen}: asks for new ones when it is time, at a handshake. */
final class AdminKeys extends X509ExtendedKeyManager {

    /** Where certificates come from. */
    interface Issuer {
        AdminCertificate issue() throws IOException;
    }

    private static final String ALIAS = "admin";

    private record Held(X509Certificate[] chain, PrivateKey key, Instant renewAt) {}

    private final Issuer issuer;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Held held;

    AdminKeys(Issuer issuer, InstantSource clock) throws IOException {
        this.issuer = issuer;
        this.clock = clock;
        this.held = issue();
    }

    private Held issue() throws IOException {
        AdminCertificate issued = issuer.issue();
        try {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(issued.chainPem().getBytes(StandardCharsets.US_ASCII)))
                    .toArray(X509Certificate[]::new);
            String body = issued.keyPem().replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
            return new Held(chain, key, issued.renewAt());
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of admin.listen cannot be used: " + e.getMessage(), e);
        }
    }

    private Held current() {
        lock.lock();
        try {
            if (!clock.instant().isBefore(held.renewAt())) {
                held = issue();
            }
            return held;
        } catch (IOException e) {
            return held;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return current().chain().clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current().key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
