package io.culvert.gateway;

import io.culvert.gateway.identity.TlsContexts;
import io.culvert.gateway.stream.PeerRefusedException;
import io.culvert.gateway.stream.PeerSecurity;
import io.netty.handler.ssl.SslContext;
import java.util.Locale;
import javax.net.ssl.SSLSession;

/** Lets the stream ask the site's identity who a peer is. */
final class SiteSecurity implements PeerSecurity {

    private final TlsContexts contexts;

    SiteSecurity(TlsContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public SslContext accepting() {
        return contexts.forAccepting();
    }

    @Override
    public SslContext dialing(String peer) {
        return contexts.forDialing(peer);
    }

    /** The site's name: the certificate is checked by its site, not by a host name. */
    @Override
    public String serverName(String peer) {
        return peer;
    }

    @Override
    public String verify(SSLSession session) throws PeerRefusedException {
        try {
            return contexts.verifyAccepted(session).site();
        } catch (io.culvert.gateway.identity.PeerRefusedException e) {
            throw new PeerRefusedException(
                    e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    String.valueOf(e.getMessage()),
                    e.site().orElse(null));
        }
    }
}
