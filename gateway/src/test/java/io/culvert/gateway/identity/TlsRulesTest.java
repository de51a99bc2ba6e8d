package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.stub.ClientCalls;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS 1.3 and h2 or nothing, the post-quantum group first, and nothing reachable for the unproven. */
class TlsRulesTest {
    private static final int X25519_ML_KEM_768 = 0x11EC;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int PRE_SHARED_KEY = 41;

    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    private TestSite seoul;

    @BeforeEach
    void open() throws IOException {
        seoul = new TestSite(directory, "seoul", clock);
    }

    @AfterEach
    void close() {
        seoul.close();
    }

    @Test
    void aTls12ClientIsRefusedInTheHandshake() throws Exception {
        try (SSLSocket socket = rawClient("TLSv1.2", "h2")) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aTls13ClientWithoutAlpnIsClosedBeforeHttp2Starts() throws Exception {
        assertThat(answerTo(null)).isEmpty();
    }

    @Test
    void aClientThatOffersOnlyHttp11IsClosedBeforeHttp2Starts() throws Exception {
        assertThat(answerTo("http/1.1")).isEmpty();
    }

    @Test
    void aJdkClientWithAlpnH2GetsTheSettingsFrame() throws Exception {
        assertThat(answerTo("h2")).isNotEmpty();
    }

    /** What the server says after the handshake to a client that sends nothing. */
    private byte[] answerTo(@Nullable String alpn) throws Exception {
        try (SSLSocket socket = rawClient("TLSv1.3", alpn)) {
            socket.setSoTimeout(20_000);
            try {
                socket.startHandshake();
                return socket.getInputStream().readNBytes(9);
            } catch (SSLException e) {
                return new byte[0];
            }
        }
    }

    private SSLSocket rawClient(String protocol, @Nullable String alpn) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {HandshakeTrust.dialing(presented -> {})}, null);
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), seoul.endpoint.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        if (alpn != null) {
            parameters.setApplicationProtocols(new String[] {alpn});
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void aClientThatKnowsOnlyThePostQuantumGroupConnects() throws IOException {
        assertThat(refusalWithGroups("X25519MLKEM768")).contains(PeerRefusal.NO_CERTIFICATE);
    }

    @Test
    void aClientThatKnowsOnlyX25519Connects() throws IOException {
        assertThat(refusalWithGroups("X25519")).contains(PeerRefusal.NO_CERTIFICATE);
    }

    @Test
    void aClientThatKnowsNoneOfOurGroupsFailsInTheHandshake() throws IOException {
        assertThat(refusalWithGroups("P-521")).isEmpty();
    }

    /** The gate's refusal of a caller without a certificate proves that the handshake went through. */
    private Optional<PeerRefusal> refusalWithGroups(String group) throws IOException {
        SslContext tls = GrpcSslContexts.configure(
                        SslContextBuilder.forClient().trustManager(HandshakeTrust.dialing(presented -> {})),
                        SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .option(OpenSslContextOption.GROUPS, new String[] {group})
                .build();
        StatusRuntimeException closed = catchThrowableOfType(
                StatusRuntimeException.class, () -> TestSite.echo(TestSite.channel(seoul.endpoint, tls), "hello"));
        return Refusals.in(closed, "seoul").map(PeerRefusedException::reason);
    }

    @Test
    void aDiallerOffersThePostQuantumGroupFirstAndNoResumption() throws Exception {
        byte[] hello;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var read = executor.submit(() -> {
                try (Socket socket = listener.accept()) {
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    byte[] header = in.readNBytes(5);
                    return in.readNBytes(ByteBuffer.wrap(header).getShort(3));
                }
            });
            ManagedChannel channel = TestSite.channel(
                    new Endpoint("127.0.0.1", listener.getLocalPort()),
                    seoul.identity.contexts().forDialing("busan"));
            var unused = channel.getState(true);
            hello = read.get();
            channel.shutdownNow();
        }

        assertThat(hello.length).isGreaterThan(1_200);
        ByteBuffer groups = extension(hello, SUPPORTED_GROUPS).orElseThrow();
        assertThat(Short.toUnsignedInt(groups.getShort(2))).isEqualTo(X25519_ML_KEM_768);
        assertThat(extension(hello, PRE_SHARED_KEY)).isEmpty();
    }

    /** The body of an extension of a ClientHello (RFC 8446, 4.1.2). */
    private static Optional<ByteBuffer> extension(byte[] hello, int wanted) {
        ByteBuffer in = ByteBuffer.wrap(hello);
        in.position(4 + 2 + 32);
        in.position(in.position() + 1 + Byte.toUnsignedInt(in.get(in.position())));
        in.position(in.position() + 2 + Short.toUnsignedInt(in.getShort(in.position())));
        in.position(in.position() + 1 + Byte.toUnsignedInt(in.get(in.position())));
        in.getShort();
        while (in.hasRemaining()) {
            int type = Short.toUnsignedInt(in.getShort());
            int lengthBytes = Short.toUnsignedInt(in.getShort());
            if (type == wanted) {
                return Optional.of(in.slice(in.position(), lengthBytes));
            }
            in.position(in.position() + lengthBytes);
        }
        return Optional.empty();
    }

    @Test
    void anUnprovenCallerReachesNoOtherMethodWhateverItsName() {
        List<Status.Code> codes = new ArrayList<>();
        for (String method : List.of(
                "test.Echo/Talk",
                "culvert.v1.Enrolment/join",
                "culvert.v1.Enrolment/Join/",
                "culvert.v1.Enrolment/List",
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "grpc.health.v1.Health/Check",
                "/")) {
            codes.add(codeOf(method));
        }

        assertThat(codes).first().isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(codes.subList(1, codes.size())).containsOnly(Status.Code.UNIMPLEMENTED);
        assertThat(seoul.messagesSeen).hasValue(0);
    }

    private Status.Code codeOf(String method) {
        MethodDescriptor<String, String> descriptor = MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(TestSite.ECHO.getRequestMarshaller())
                .setResponseMarshaller(TestSite.ECHO.getResponseMarshaller())
                .build();
        ManagedChannel channel = TestSite.channel(seoul.endpoint, TlsContexts.forJoining(presented -> {}));
        try {
            return catchThrowableOfType(
                            StatusRuntimeException.class,
                            () -> ClientCalls.blockingUnaryCall(
                                    channel,
                                    descriptor,
                                    CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20)),
                                    "hello"))
                    .getStatus()
                    .getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aServerThatIsDialledProvesItsSiteToTheDialler() throws IOException {
        try (TestSite busan = new TestSite(directory, "busan", clock)) {
            TestSite.enrol(seoul, busan);

            assertThat(seoul.echo(busan, "hello")).isEqualTo("hello");
            assertThat(TlsContexts.serverName("busan")).isEqualTo("busan.culvert.internal");
        }
    }
}
