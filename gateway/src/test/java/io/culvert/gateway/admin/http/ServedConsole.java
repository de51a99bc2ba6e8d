package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;

/** An admin server with its console on a free port, in this process, of a site that a test has made. */
public final class ServedConsole implements AutoCloseable {
    private final AdminServer server;
    private final Path socket;

    /** @param directory new or empty, the test's own */
    public ServedConsole(Path directory, SiteOperations site)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        EtcdProcess.Tls pem = new TestCertificates(directory.resolve("tls"))
                .issue("console", Instant.now().plusSeconds(3600));
        Path stateDir = Files.createDirectories(directory.resolve("state"));
        server = AdminServer.start(
                stateDir,
                Optional.of(new AdminServer.TlsListener("127.0.0.1", 0, "seoul/1", new Keys(pem))),
                site,
                new SiteMetrics());
        socket = server.socketPath();
    }

    /** Where whoever may open it gets links. */
    public Path socket() {
        return socket;
    }

    /** {@code https://127.0.0.1:PORT}. */
    public String address() {
        return "https://127.0.0.1:" + server.port();
    }

    /** How many listen to events. */
    int listeners() {
        return server.listeners();
    }

    @Override
    public void close() {
        server.close();
    }

    /** One key and certificate out of PEM files. */
    private static final class Keys extends X509ExtendedKeyManager {
        private static final String ALIAS = "console";

        private final X509Certificate certificate;
        private final PrivateKey key;

        Keys(EtcdProcess.Tls pem) throws IOException, GeneralSecurityException {
            certificate = read(pem.certificate());
            key = readKey(pem.key());
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return ALIAS;
        }

        private static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
            try (InputStream in = Files.newInputStream(file)) {
                return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            }
        }

        private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
            String body =
                    Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            return KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
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
}
