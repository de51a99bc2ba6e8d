package io.culvert.gateway.identity;

import io.culvert.gateway.loopback.LoopbackPorts;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A site with a real gRPC server on a loopback port, and an echo method that only proven peers may reach. */
final class TestSite implements AutoCloseable {
    static final MethodDescriptor<String, String> ECHO = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("test.Echo/Talk")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    final String name;
    final Path stateDir;
    final TestClock clock;
    final TestScheduler scheduler = new TestScheduler();
    final SiteIdentity identity;
    final Endpoint endpoint;
    volatile SiteFile siteFile = SiteFile.NONE;
    final TestGateways gateways = new TestGateways();
    final AtomicInteger messagesSeen = new AtomicInteger();
    final Queue<PeerIdentity> callers = new ConcurrentLinkedQueue<>();
    private final Map<String, ServerCall<?, ?>> live = new ConcurrentHashMap<>();
    final Queue<RefusalNotices.Heard> heard = new ConcurrentLinkedQueue<>();
    private final Server server;

    /** A new site in a directory of that name under {@code parent}. */
    TestSite(Path parent, String name, TestClock clock) throws IOException {
        this(
                initialised(parent.resolve(name), name, clock),
                name,
                clock,
                LoopbackPorts.free(1).getFirst());
    }

    private TestSite(Path stateDir, String name, TestClock clock, int port) throws IOException {
        this.name = name;
        this.stateDir = stateDir;
        this.clock = clock;
        this.endpoint = new Endpoint("127.0.0.1", port);
        this.siteFile = () -> ("site: " + name + "\n").getBytes(StandardCharsets.UTF_8);
        this.identity = SiteIdentity.open(
                new SiteIdentity.Settings(
                        stateDir, endpoint, List.of("localhost", "127.0.0.1"), () -> siteFile.read(), gateways),
                new SiteIdentity.Surroundings(clock, System::nanoTime, new SecureRandom(), scheduler, task -> {
                    var unused = Thread.startVirtualThread(task);
                }));
        identity.notices().onHeard(heard::add);
        identity.contexts().onPeerChanged(this::closeIfRevoked);
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sslContext(identity.contexts().forAccepting())
                .directExecutor()
                .addService(ServerInterceptors.intercept(identity.service(), identity.gate()))
                .addService(ServerInterceptors.intercept(echo(), identity.gate()))
                .build()
                .start();
    }

    /** A state directory that was made elsewhere, at a port of its own. */
    static TestSite of(Path stateDir, String name, TestClock clock) throws IOException {
        return new TestSite(stateDir, name, clock, LoopbackPorts.free(1).getFirst());
    }

    /** The same state directory and port in a new process, as it were. */
    TestSite restarted() throws IOException {
        close();
        return new TestSite(stateDir, name, clock, endpoint.port());
    }

    /** The same state directory in a new process at another port, of which nobody knows. */
    TestSite moved() throws IOException {
        close();
        return new TestSite(stateDir, name, clock, LoopbackPorts.free(1).getFirst());
    }

    private static Path initialised(Path stateDir, String name, TestClock clock) throws IOException {
        Files.createDirectories(stateDir);
        SiteAuthority.init(stateDir, name, clock, new SecureRandom());
        return stateDir;
    }

    /** What all gateways of a site know together. */
    static final class TestGateways implements SiteGateways {
        final Set<Integer> taken = ConcurrentHashMap.newKeySet();
        /** Another gateway takes these at the same moment. */
        final Set<Integer> contested = ConcurrentHashMap.newKeySet();

        @Override
        public Set<Integer> numbers() {
            return Set.copyOf(taken);
        }

        @Override
        public boolean take(int number) {
            return taken.add(number) && !contested.contains(number);
        }
    }

    private ServerServiceDefinition echo() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(ECHO, (call, headers) -> {
                    PeerGate.peer().ifPresent(peer -> {
                        callers.add(peer);
                        live.put(peer.site(), call);
                    });
                    call.sendHeaders(new Metadata());
                    call.request(1);
                    return new Echo(call);
                })
                .build();
    }

    /** What the owner of the stream does when a peer is revoked. */
    private void closeIfRevoked(PeerChange change) {
        switch (change) {
            case PeerChange.Revoked revoked -> {
                ServerCall<?, ?> call = live.remove(revoked.peer().name());
                if (call != null) {
                    PeerRefusedException why = PeerRefusedException.here(
                            PeerRefusal.REVOKED, revoked.peer().name(), " just now");
                    call.close(Refusals.status(why), Refusals.trailers(why.reason()));
                }
            }
            case PeerChange.Enrolled enrolled -> {}
            case PeerChange.Changed changed -> {}
        }
    }

    private final class Echo extends ServerCall.Listener<String> {
        private final ServerCall<String, String> call;

        Echo(ServerCall<String, String> call) {
            this.call = call;
        }

        @Override
        public void onMessage(String message) {
            messagesSeen.incrementAndGet();
            call.sendMessage(message);
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            call.close(Status.OK, new Metadata());
        }
    }

    /** Enrols the two sites by a real token over a real connection. */
    static void enrol(TestSite inviter, TestSite joiner) throws IOException {
        joiner.identity.enrolment().join(inviter.identity.enrolment().invite(joiner.name, Duration.ofHours(1)));
    }

    ManagedChannel dial(TestSite peer) throws IOException {
        return channel(peer.endpoint, identity.contexts().forDialing(peer.name));
    }

    static ManagedChannel channel(Endpoint endpoint, SslContext tls) {
        return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .sslContext(tls)
                .disableRetry()
                .build();
    }

    /** One word there and back. @throws StatusRuntimeException as gRPC sees it */
    String echo(TestSite peer, String word) throws IOException {
        return echo(dial(peer), word);
    }

    static String echo(ManagedChannel channel, String word) {
        try (Stream stream = new Stream(channel)) {
            return stream.echo(word);
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        identity.close();
    }

    /** A live stream to an echo. */
    static final class Stream implements AutoCloseable {
        private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();
        private final ClientCall<String, String> call;

        Stream(ManagedChannel channel) {
            call = channel.newCall(ECHO, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(String message) {
                            events.add(message);
                            call.request(1);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            events.add(status.asRuntimeException(trailers));
                        }
                    },
                    new Metadata());
            call.request(1);
        }

        String echo(String word) {
            call.sendMessage(word);
            return switch (next()) {
                case String message -> message;
                case StatusRuntimeException closed -> throw closed;
                default -> throw new AssertionError("unexpected event");
            };
        }

        /** Waits for the end of the stream. */
        StatusRuntimeException end() {
            return switch (next()) {
                case StatusRuntimeException closed -> closed;
                default -> throw new AssertionError("the stream goes on");
            };
        }

        private Object next() {
            try {
                Object event = events.poll(20, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("no answer in 20 s");
                }
                return event;
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void close() {
            call.cancel("test over", null);
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream in) {
            try {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
