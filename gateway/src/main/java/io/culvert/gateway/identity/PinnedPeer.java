package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A peer as enrolment pinned it, to compare a certificate with that somebody shows in its name. Changes nothing; any thread may use it. */
public final class PinnedPeer {

    private final Peer peer;
    private final PeerVerifier verifier;

    PinnedPeer(Peer peer, PeerVerifier verifier) {
        this.peer = peer;
        this.verifier = verifier;
    }

    /**
     * The peers in a state directory, whose gateway need not run.
     *
     * @return nothing if there is no identity yet
     * @throws IOException if this user may not read it, or a file is damaged
     */
    public static List<PinnedPeer> all(Path stateDir, InstantSource clock) throws IOException {
        if (!Files.isDirectory(stateDir.resolve(SiteAuthority.DIRECTORY))) {
            return List.of();
        }
        X509Certificate own = SiteAuthority.certificateIn(stateDir);
        PeerRegistry registry = PeerRegistry.open(stateDir, clock);
        PeerVerifier verifier = new PeerVerifier(registry, own, clock);
        return registry.list().stream()
                .map(peer -> new PinnedPeer(peer, verifier))
                .toList();
    }

    public Peer peer() {
        return peer;
    }

    /** Why what was presented is not a gateway of this peer that is to be trusted, if it is not. */
    public Optional<PeerRefusedException> refusal(List<X509Certificate> presented) {
        try {
            var unused = verifier.verify(presented.toArray(X509Certificate[]::new), peer.name());
            return Optional.empty();
        } catch (PeerRefusedException e) {
            return Optional.of(e);
        }
    }

    /** Whether one of the peer's CAs signed it. */
    public boolean isIssuer(X509Certificate leaf) {
        return peer.authorities().stream().anyMatch(ca -> AuthorityCertificate.isSignedBy(leaf, ca));
    }

    /** The name to be sent as SNI. */
    public String serverName() {
        return TlsContexts.serverName(peer.name());
    }

    /** A CA certificate in PEM form. */
    public static X509Certificate authority(Path file) throws IOException {
        return Pem.readCertificate(file);
    }
}
