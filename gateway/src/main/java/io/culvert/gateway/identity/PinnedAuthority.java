package io.culvert.gateway.identity;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes an acceptor only under the CA that a token pins; remembers that CA. */
final class PinnedAuthority implements HandshakeTrust.Rule {
    private final Token token;
    private final @Nullable X509Certificate own;
    private final InstantSource clock;
    private volatile @Nullable X509Certificate authority;

    /** @param own the CA of the site that asks; null if it has none yet */
    PinnedAuthority(Token token, @Nullable X509Certificate own, InstantSource clock) {
        this.token = token;
        this.own = own;
        this.clock = clock;
    }

    /** The CA, once an acceptor has proven that it belongs to it; null before: then nothing was sent. */
    @Nullable
    X509Certificate authority() {
        return authority;
    }

    @Override
    public void check(X509Certificate[] presented) throws PeerRefusedException {
        X509Certificate pinned = pinnedAmong(presented);
        Peer inviter =
                new Peer(token.inviter(), token.endpoint(), true, List.of(pinned), Set.of(), clock.instant(), null);
        var unused =
                new PeerVerifier(only(inviter), own == null ? pinned : own, clock).verify(presented, token.inviter());
        authority = pinned;
    }

    private X509Certificate pinnedAmong(X509Certificate[] presented) throws PeerRefusedException {
        for (X509Certificate candidate : presented) {
            if (AuthorityCertificate.fingerprint(candidate).equals(token.authority()) && isSiteAuthority(candidate)) {
                return candidate;
            }
        }
        throw PeerRefusedException.here(
                PeerRefusal.WRONG_CA,
                token.inviter(),
                ": the token pins " + token.authority() + "; the address is another host's, or someone opens TLS"
                        + " on the way");
    }

    private boolean isSiteAuthority(X509Certificate candidate) {
        try {
            return AuthorityCertificate.siteOf(candidate).equals(token.inviter());
        } catch (IOException e) {
            return false;
        }
    }

    private static PeerVerifier.Known only(Peer peer) {
        return new PeerVerifier.Known() {
            @Override
            public Optional<Peer> find(String name) {
                return name.equals(peer.name()) ? Optional.of(peer) : Optional.empty();
            }

            @Override
            public List<Peer> list() {
                return List.of(peer);
            }
        };
    }
}
