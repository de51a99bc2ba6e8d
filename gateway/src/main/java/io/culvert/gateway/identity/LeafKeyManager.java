package io.culvert.gateway.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the newest leaf in each new handshake; live connections keep the one they were made with.
 *
 * <p>A handshake asks three times (alias, chain, key), so the alias is the leaf's serial number and the leaf before the
 * newest is kept for handshakes that started with it. Any thread may use it.
 */
final class LeafKeyManager extends X509ExtendedKeyManager {
    private static final String KEY_TYPE = "EC";

    private record Held(Leaf newest, @Nullable Leaf before) {}

    private volatile Held held;

    LeafKeyManager(Leaf first) {
        held = new Held(first, null);
    }

    /** Shows another leaf from now on; only the renewal calls it, one call at a time. */
    void swap(Leaf newest) {
        held = new Held(newest, held.newest());
    }

    Leaf newest() {
        return held.newest();
    }

    private @Nullable Leaf byAlias(@Nullable String alias) {
        Held now = held;
        if (now.newest().serial().equals(alias)) {
            return now.newest();
        }
        Leaf before = now.before();
        return before != null && before.serial().equals(alias) ? before : null;
    }

    private @Nullable String aliasFor(@Nullable String keyType) {
        return KEY_TYPE.equals(keyType) ? newest().serial() : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        if (keyTypes != null) {
            for (String keyType : keyTypes) {
                String alias = aliasFor(keyType);
                if (alias != null) {
                    return alias;
                }
            }
        }
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Leaf leaf = byAlias(alias);
        return leaf == null ? null : leaf.chain();
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Leaf leaf = byAlias(alias);
        return leaf == null ? null : leaf.key();
    }

    @Override
    public String @Nullable [] getClientAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    @Override
    public @Nullable String chooseServerAlias(
            @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(keyType);
    }
}
