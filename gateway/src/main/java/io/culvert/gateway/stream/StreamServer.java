package io.culvert.gateway.stream;

import io.culvert.proto.channel.Side;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameMarshaller;
import io.culvert.proto.frame.StreamMethod;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLSession;

/**
 * The one port that peers connect to: TLS, HTTP/2 and the stream's method, all with limits, and the services of others.
 *
 * <p>A caller of the stream is verified before a byte of the call is read; whoever is refused gets the reason's name.
 */
final class StreamServer implements AutoCloseable {

    /** The longest header list of a call. */
    static final int MAX_HEADER_BYTES = 8 << 10;

    /** Calls at a time in one connection: a stream, its successor, and an enrolment. */
    static final int MAX_CALLS = 4;

    /** Resets of calls by one connection within {@link #RESET_WINDOW_SECONDS} before it is closed. */
    static final int MAX_RESETS = 20;

    static final int RESET_WINDOW_SECONDS = 30;
    static final int HANDSHAKE_SECONDS = 10;

    /** A connection without a call is closed after this. */
    static final int IDLE_SECONDS = 15;

    /** gRPC warns of each call that a lost connection takes along; the stream says so itself, once. */
    private static final Logger NOISE = Logger.getLogger("io.grpc.netty.NettyServerHandler");

    static {
        NOISE.setLevel(Level.SEVERE);
    }

    private final PeerSecurity security;
    private final Dial.Linker linker;
    private final BiConsumer<String, String> refused;
    private final Function<String, Optional<String>> elsewhere;
    private final Accepted accepted;
    private final Refusals refusals;
    private final Server server;

    /**
     * @param refused is told of peers that were refused, and why
     * @param elsewhere says of a peer why its stream is not for this gateway, if it is not
     */
    StreamServer(
            StreamSettings settings,
            PeerSecurity security,
            PeerStreams.Engine engine,
            BiConsumer<String, String> refused,
            Function<String, Optional<String>> elsewhere)
            throws IOException {
        this.security = security;
        this.linker = engine.linker();
        this.refused = refused;
        this.elsewhere = elsewhere;
        this.accepted = new Accepted(settings.ticker());
        this.refusals = new Refusals(settings.clock());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.listen())
                .sslContext(new AcceptingContext(security::accepting))
                .bossEventLoopGroup(engine.transport().group())
                .workerEventLoopGroup(engine.transport().group())
                .channelFactory(() -> {
                    EpollServerSocketChannel socket = new EpollServerSocketChannel();
                    socket.pipeline().addFirst(accepted);
                    return socket;
                })
                .flowControlWindow(Transport.WINDOW_BYTES)
                .maxInboundMessageSize(FrameMarshaller.MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS)
                .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .directExecutor()
                .addService(ServerServiceDefinition.builder(StreamMethod.SERVICE)
                        .addMethod(engine.method(), this::carry)
                        .build());
        settings.services().forEach(builder::addService);
        this.server = builder.build().start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    int connections() {
        return accepted.connections();
    }

    List<String> refusals() {
        return refusals.all();
    }

    private ServerCall.Listener<Frame> carry(ServerCall<Frame, Frame> call, Metadata headers) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        Wire wire = accepted.wire(
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR),
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        try {
            if (session == null) {
                throw new PeerRefusedException("no-tls", "the connection has no TLS session");
            }
            String peer = security.verify(session);
            if (wire == null) {
                call.close(Status.UNAVAILABLE.withDescription("the connection is closed"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            Optional<String> away = elsewhere.apply(peer);
            if (away.isPresent()) {
                call.close(Status.UNAVAILABLE.withDescription(away.get()), Refusal.elsewhere());
                return new ServerCall.Listener<>() {};
            }
            call.setOnReadyThreshold(Transport.READY_BYTES);
            call.sendHeaders(new Metadata());
            Link link = linker.link(Side.ACCEPTOR, peer, new AcceptedCarrier(call, wire));
            call.request(Transport.REQUESTED_MESSAGES);
            return new Carried(call, link);
        } catch (PeerRefusedException e) {
            refusals.add(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), e);
            e.peer().ifPresent(peer -> refused.accept(peer, String.valueOf(e.getMessage())));
            call.close(Refusal.status(e), Refusal.trailers(e));
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class Carried extends ServerCall.Listener<Frame> {

        private final ServerCall<Frame, Frame> call;
        private final Link link;

        Carried(ServerCall<Frame, Frame> call, Link link) {
            this.call = call;
            this.link = link;
        }

        @Override
        public void onMessage(Frame frame) {
            link.onFrame(frame);
            call.request(1);
        }

        @Override
        public void onReady() {
            link.onReady();
        }

        @Override
        public void onHalfClose() {
            link.fail("the peer ended the call");
        }

        @Override
        public void onCancel() {
            link.fail("the connection was closed");
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
