package io.culvert.gateway;

import io.culvert.gateway.identity.PeerIdentity;
import io.culvert.gateway.identity.TlsContexts;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerRefusedException;
import io.culvert.gateway.stream.PeerSecurity;
import io.netty.handler.ssl.SslContext;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** Lets the stream ask the site's identity who a peer is, or which other gateway of this site. */
final class SiteSecurity implements PeerSecurity {

    private final TlsContexts contexts;
    private final Whereabouts whereabouts;

    SiteSecurity(TlsContexts contexts, Whereabouts whereabouts) {
        this.contexts = contexts;
        this.whereabouts = whereabouts;
    }

    @Override
    public SslContext accepting() {
        return contexts.forAccepting();
    }

    @Override
    public SslContext dialing(String peer) {
        Optional<GatewayName> gateway = GatewayName.parse(peer);
        return gateway.isPresent() ? contexts.forDialingGateway(gateway.get().number()) : contexts.forDialing(peer);
    }

    /** The site's name: the certificate is checked by its site, not by a host name. */
    @Override
    public String serverName(String peer) {
        return GatewayName.siteOf(peer);
    }

    @Override
    public String verify(SSLSession session) throws PeerRefusedException {
        try {
            PeerIdentity proven = contexts.verifyAccepted(session);
            return proven.site().equals(contexts.site()) ? ofThisSite(proven) : proven.site();
        } catch (io.culvert.gateway.identity.PeerRefusedException e) {
            throw new PeerRefusedException(
                    e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    String.valueOf(e.getMessage()),
                    e.site().orElse(null));
        }
    }

    /** One that was removed has its certificate still, and is let in no more. */
    private String ofThisSite(PeerIdentity proven) throws PeerRefusedException {
        GatewayName name = new GatewayName(contexts.site(), proven.gateway());
        boolean known = whereabouts.gateways().stream()
                .anyMatch(one -> one.number() == name.number() && one.mode() != Book.Mode.REMOVED);
        if (!known) {
            throw new PeerRefusedException(
                    "unknown-gateway", name + " is not known, or not any more, as a gateway of this site", null);
        }
        return name.toString();
    }
}
