package io.culvert.gateway.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a call in only from a proven peer, and tells anyone else why not.
 *
 * <p>A call of an unproven caller is closed at once with UNAUTHENTICATED and the reason in its trailers
 * ({@link Refusals}); its handler never starts and no message of it is read. The methods that enrol ({@link EnrolmentMethods}) are
 * the only exception: they check for themselves. Must be the outermost interceptor of the server.
 */
public final class PeerGate implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerGate.class);
    private static final Context.Key<PeerIdentity> PEER = Context.key("culvert-peer");

    private final TlsContexts contexts;
    private final AttemptLimit logLimit;

    PeerGate(TlsContexts contexts, AttemptLimit logLimit) {
        this.contexts = contexts;
        this.logLimit = logLimit;
    }

    /** The proven peer of the call that runs; empty outside one. */
    public static Optional<PeerIdentity> peer() {
        return Optional.ofNullable(PEER.get());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (EnrolmentMethods.isOpenToUnproven(method)) {
            return next.startCall(call, headers);
        }
        try {
            PeerIdentity peer = verify(call);
            return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
        } catch (PeerRefusedException e) {
            SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            if (logLimit.tryTake(from)) {
                LOG.atWarn()
                        .addKeyValue("peer", e.site().orElse("?"))
                        .addKeyValue("reason", e.reason())
                        .addKeyValue("from", from)
                        .addKeyValue("method", method)
                        .log(e.getMessage());
            }
            call.close(Refusals.status(e), Refusals.trailers(e.reason()));
            return new ServerCall.Listener<>() {};
        }
    }

    private PeerIdentity verify(ServerCall<?, ?> call) throws PeerRefusedException {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            throw PeerRefusedException.here(PeerRefusal.NO_CERTIFICATE, null, "");
        }
        return contexts.verifyAccepted(session);
    }
}
