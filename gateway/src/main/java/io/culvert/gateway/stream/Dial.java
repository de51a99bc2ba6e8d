package io.culvert.gateway.stream;

import io.culvert.proto.channel.Side;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameMarshaller;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach a peer, and the stream that comes of it: one TCP connection, made for one call.
 *
 * <p>The far side's certificate is verified before anything is said: the call's headers come first, then the link
 * starts.
 */
final class Dial extends ClientCall.Listener<Frame> {

    /** Makes the link of a verified connection and starts it. */
    interface Linker {
        Link link(Side side, String peer, Carrier carrier);
    }

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final String peer;
    private final PeerSecurity security;
    private final Linker linker;
    private final AtomicReference<@Nullable Wire> wire = new AtomicReference<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private final ManagedChannel channel;
    private final ClientCall<Frame, Frame> call;
    private volatile @Nullable Link link;
    private volatile @Nullable String refusal;
    private volatile boolean elsewhere;

    Dial(
            String peer,
            InetSocketAddress address,
            PeerSecurity security,
            Transport transport,
            MethodDescriptor<Frame, Frame> method,
            LongSupplier ticker,
            Linker linker) {
        this.peer = peer;
        this.security = security;
        this.linker = linker;
        this.channel = NettyChannelBuilder.forAddress(address)
                .overrideAuthority(security.serverName(peer))
                .sslContext(security.dialing(peer))
                .eventLoopGroup(transport.group())
                .channelFactory(() -> {
                    EpollSocketChannel socket = new EpollSocketChannel();
                    wire.set(Wire.attach(socket, ticker));
                    return socket;
                })
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .flowControlWindow(Transport.WINDOW_BYTES)
                .maxInboundMessageSize(FrameMarshaller.MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(StreamServer.MAX_HEADER_BYTES)
                .disableRetry()
                .directExecutor()
                .build();
        this.call = channel.newCall(method, CallOptions.DEFAULT.withOnReadyThreshold(Transport.READY_BYTES));
    }

    /** Dials and waits until the stream is over or could not be made; returns why. */
    String run(Duration helloTimeout) throws InterruptedException {
        try {
            call.start(this, new Metadata());
            call.request(Transport.REQUESTED_MESSAGES);
            awaitAnswer(helloTimeout);
            return over.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed exceptionally", e);
        } finally {
            Link live = link;
            if (live != null) {
                live.fail("the dialler stopped");
            }
            channel.shutdownNow();
        }
    }

    private void awaitAnswer(Duration helloTimeout) throws InterruptedException, ExecutionException {
        try {
            over.get(helloTimeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (link == null) {
                over.complete("no answer from " + peer + " within " + helloTimeout.toSeconds() + " s");
            }
        }
    }

    /** Why the far side refused, if it named a reason. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** Whether the far side said that another gateway of its site has the stream. */
    boolean isElsewhere() {
        return elsewhere;
    }

    @Override
    public void onHeaders(Metadata headers) {
        Wire attached = wire.get();
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            if (session == null || attached == null) {
                throw new PeerRefusedException("no-tls", "the connection to " + peer + " has no TLS session");
            }
            String proven = security.verify(session);
            if (!proven.equals(peer)) {
                throw new PeerRefusedException("wrong-site", "dialled " + peer + ", reached " + proven);
            }
        } catch (PeerRefusedException e) {
            refusal = "refused here: " + e.reason() + ": " + e.getMessage();
            call.cancel(e.getMessage(), e);
            over.complete(refusal);
            return;
        }
        link = linker.link(Side.DIALER, peer, new DialledCarrier(channel, call, attached));
    }

    @Override
    public void onMessage(Frame frame) {
        Link live = link;
        if (live != null) {
            live.onFrame(frame);
        }
        call.request(1);
    }

    @Override
    public void onReady() {
        Link live = link;
        if (live != null) {
            live.onReady();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        String why = status.isOk() ? "the peer ended the call" : Refusal.describe(status, trailers);
        elsewhere = Refusal.isElsewhere(trailers);
        if (Refusal.isNamed(trailers) && !elsewhere) {
            refusal = why;
        }
        Link live = link;
        if (live != null) {
            live.fail(why);
        }
        over.complete(live != null && live.lostWhy() != null ? String.valueOf(live.lostWhy()) : why);
    }
}
