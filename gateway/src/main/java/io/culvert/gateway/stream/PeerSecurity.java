package io.culvert.gateway.stream;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLSession;

/**
 * How peers prove who they are. Implemented by the composition root with the gateway's identity.
 *
 * <p>Each call may return another context than the last one, so that certificates and trust may change: new connections
 * use the new one, live streams go on.
 */
public interface PeerSecurity {

    /** The server's context, ALPN h2; asked for each accepted connection. */
    SslContext accepting();

    /** The client's context for this peer, ALPN h2; asked for each dial. */
    SslContext dialing(String peer);

    /** The name that the peer's certificate bears as a DNS name; sent as SNI and checked by TLS. */
    String serverName(String peer);

    /**
     * The site that the far side of this session proves to be and that is let in. Called on the event loop of either
     * side before anything is read; must not block.
     *
     * @throws PeerRefusedException naming why not: no certificate, wrong CA, expired, revoked, unknown
     */
    String verify(SSLSession session) throws PeerRefusedException;
}
