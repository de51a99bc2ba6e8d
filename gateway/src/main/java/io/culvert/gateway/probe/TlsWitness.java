package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Takes any certificate and remembers it, and whether a client certificate was asked for. Nothing that matters may be sent through it. */
final class TlsWitness {

    private volatile List<X509Certificate> presented = List.of();
    private volatile boolean asked;

    List<X509Certificate> presented() {
        return presented;
    }

    boolean isAsked() {
        return asked;
    }

    /** A client's engine that offers h2 alone. */
    SSLEngine engine(Expectation expectation) throws IOException {
        return engine(expectation, List.of("h2"));
    }

    /** The first bytes of a handshake, as {@link #engine(Expectation)} sends them. */
    byte[] hello(Expectation expectation) throws IOException {
        return hello(expectation, List.of("h2"));
    }

    /** The same. @param protocols that are offered by ALPN */
    byte[] hello(Expectation expectation, List<String> protocols) throws IOException {
        SSLEngine engine = engine(expectation, protocols);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private SSLEngine engine(Expectation expectation, List<String> protocols) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new Keys(expectation.certificate())}, new TrustManager[] {new Trust()}, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(protocols.toArray(String[]::new));
            expectation.serverName().ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JDK has no TLS: " + e.getMessage(), e);
        }
    }

    /** Trusts all. */
    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {
            presented = List.of(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {
            presented = List.of(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            presented = List.of(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {
            throw new IllegalStateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {
            throw new IllegalStateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Shows what the caller has, if anything. */
    private final class Keys extends X509ExtendedKeyManager {
        private final Optional<X509ExtendedKeyManager> shown;

        Keys(Optional<X509ExtendedKeyManager> shown) {
            this.shown = shown;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            asked = true;
            return shown.map(keys -> keys.chooseEngineClientAlias(types, issuers, engine))
                    .orElse(null);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineClientAlias(types, issuers, null);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
            return shown.map(keys -> keys.getCertificateChain(alias)).orElse(null);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
            return shown.map(keys -> keys.getPrivateKey(alias)).orElse(null);
        }

        @Override
        public String @Nullable [] getClientAliases(@Nullable String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(@Nullable String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                @Nullable String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
