package io.culvert.gateway;

import io.culvert.gateway.identity.PeerRefusedException;
import io.culvert.gateway.identity.PinnedPeer;
import io.culvert.gateway.probe.Expectation;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A gateway of an enrolled peer is to answer. */
record PeerExpectation(PinnedPeer pinned) implements Expectation {

    @Override
    public String trouble(List<X509Certificate> presented) {
        return pinned.refusal(presented).map(PeerRefusedException::getMessage).orElse("");
    }

    @Override
    public boolean isIssuer(X509Certificate leaf) {
        return pinned.isIssuer(leaf);
    }

    @Override
    public Optional<String> serverName() {
        return Optional.of(pinned.serverName());
    }
}
