package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who comes to a join with messages that an honest joiner never sends, or stands in between. */
class JoinAttackTest extends SeoulAndBusan {
    @Test
    void aJoinerThatLiesAboutItsNameIsRefusedByTheInviter() throws IOException {
        JoinToken token = JoinToken.decode(invite("daegu"));

        assertRefusedByInviter(token, request(token, "daegu").build(), JoinRefusal.WRONG_SITE_NAME);
        assertRefusedByInviter(token, request(token, "busan").build(), JoinRefusal.WRONG_SITE_NAME);
    }

    @Test
    void proofsThatDoNotHoldAreRefusedAndTheTokenStaysGood() throws IOException {
        String text = invite("busan");
        JoinToken token = JoinToken.decode(text);
        JoinRequest honest = request(token, "busan").build();

        assertRefusedByInviter(
                token, honest.toBuilder().setMac(flipped(honest.getMac())).build(), JoinRefusal.BAD_PROOF);
        assertRefusedByInviter(
                token,
                honest.toBuilder().setSignature(flipped(honest.getSignature())).build(),
                JoinRefusal.BAD_PROOF);
        assertRefusedByInviter(
                token, honest.toBuilder().setEndpoint("evil.example:1").build(), JoinRefusal.BAD_PROOF);
        assertRefusedByInviter(
                token,
                honest.toBuilder()
                        .setAuthority(ByteString.copyFrom(AuthorityCertificate.encoded(
                                Forger.stranger("busan", clock).authority())))
                        .build(),
                JoinRefusal.BAD_PROOF);
        busan.identity.enrolment().join(text);
    }

    @Test
    void aMessageOutOfItsBoundsIsRefused() throws IOException {
        JoinToken token = JoinToken.decode(invite("busan"));
        JoinRequest honest = request(token, "busan").build();

        for (JoinRequest bad : List.of(
                honest.toBuilder()
                        .setAuthority(ByteString.copyFrom(new byte[20_000]))
                        .build(),
                honest.toBuilder()
                        .setAuthority(ByteString.copyFrom(new byte[5_000]))
                        .build(),
                honest.toBuilder()
                        .setAuthority(ByteString.copyFromUtf8("no certificate"))
                        .build(),
                honest.toBuilder().setSecret(ByteString.EMPTY).build(),
                honest.toBuilder().setSite("../busan").build(),
                honest.toBuilder().setEndpoint("no port").build(),
                honest.toBuilder().setVersion(2).build(),
                honest.toBuilder().clearNonce().build())) {
            seoul = seoul.restarted();
            assertRefusedByInviter(token, bad, JoinRefusal.MALFORMED_MESSAGE);
        }
    }

    @Test
    void enrolmentIsOffWhileNoInvitationIsOpen() throws IOException {
        JoinToken token = new JoinToken(
                JoinSecret.read(new byte[JoinSecret.LENGTH_BYTES]),
                AuthorityCertificate.fingerprint(Forger.withKeyOf(seoul).authority()),
                "seoul",
                "busan",
                seoul.endpoint);

        assertRefusedByInviter(token, request(token, "busan").build(), JoinRefusal.NO_INVITATION);
    }

    @Test
    void attemptsAreLimited() throws IOException {
        JoinToken token = JoinToken.decode(invite("busan"));
        JoinRequest wrong = request(token, "busan")
                .setSecret(ByteString.copyFrom(new byte[JoinSecret.LENGTH_BYTES]))
                .build();
        for (int attempt = 0; attempt < SiteIdentity.JOINS_PER_MINUTE; attempt++) {
            assertRefusedByInviter(token, wrong, JoinRefusal.TOKEN_UNKNOWN);
        }
        assertRefusedByInviter(token, wrong, JoinRefusal.TOO_MANY_ATTEMPTS);
    }

    @Test
    void aCallerThatSendsNoMessageIsClosedAfterAWhile() throws Exception {
        String text = invite("busan");
        ManagedChannel channel = TestSite.channel(seoul.endpoint, TlsContexts.forJoining(presented -> {}));
        LinkedBlockingQueue<Status> closed = new LinkedBlockingQueue<>();
        // as a streaming call, because gRPC holds back the headers of a unary one until its message
        var call = channel.newCall(
                EnrolmentMethods.JOIN.toBuilder()
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.add(status);
                    }
                },
                new Metadata());
        seoul.scheduler.awaitWaiting(UnprovenCalls.PATIENCE);
        seoul.scheduler.runAll(UnprovenCalls.PATIENCE);

        Status status = closed.poll(20, TimeUnit.SECONDS);
        assertThat(status).isNotNull();
        assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        channel.shutdownNow();
        busan.identity.enrolment().join(text);
    }

    @Test
    void anotherCaInBetweenIsFoundBeforeTheSecretIsSent() throws Exception {
        JoinToken token = JoinToken.decode(invite("busan"));
        Forger middle = Forger.stranger("seoul", clock);
        AtomicInteger calls = new AtomicInteger();
        Server proxy = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(middle.accepting(middle.gateway("seoul"), directory))
                .addService(ServerServiceDefinition.builder(EnrolmentMethods.SERVICE)
                        .addMethod(EnrolmentMethods.JOIN, (call, headers) -> listening(call, calls))
                        .build())
                .build()
                .start();
        try {
            JoinToken misled = new JoinToken(
                    token.secret(),
                    token.authority(),
                    token.inviter(),
                    token.invitee(),
                    new Endpoint("127.0.0.1", proxy.getPort()));

            JoinRefusedException refused = assertRefused(busan, misled.encode(), JoinRefusal.WRONG_CA);

            assertThat(refused).hasMessageContaining("the secret was not sent");
            assertThat(calls).hasValue(0);
        } finally {
            proxy.shutdownNow();
            assertThat(proxy.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServerCall.Listener<Incoming<JoinRequest>> listening(
            ServerCall<Incoming<JoinRequest>, Incoming<JoinReply>> call, AtomicInteger calls) {
        calls.incrementAndGet();
        call.sendHeaders(new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** Sends a message as it is, past the joiner's own rules. */
    private static void assertRefusedByInviter(JoinToken token, JoinRequest request, JoinRefusal reason) {
        StatusRuntimeException closed = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> OneCall.to(token.endpoint(), TlsContexts.forJoining(presented -> {}))
                        .make(EnrolmentMethods.JOIN, new Incoming.Value<>(request), Duration.ofSeconds(20)));
        assertThat(closed).isNotNull();
        assertThat(Refusals.named(JoinRefusal.class, closed.getTrailers()))
                .as(closed.toString())
                .contains(reason);
    }

    /** A request with right proofs by busan's CA, in the name of any site. */
    private JoinRequest.Builder request(JoinToken token, String site) throws IOException {
        Path identity = busan.stateDir.resolve(SiteAuthority.DIRECTORY);
        JoinRequest unproven = JoinRequest.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setSecret(ByteString.copyFrom(token.secret().bytes()))
                .setSite(site)
                .setEndpoint(busan.endpoint.toString())
                .setAuthority(ByteString.copyFrom(
                        AuthorityCertificate.encoded(Pem.readCertificate(identity.resolve("authority.crt")))))
                .setNonce(ByteString.copyFrom(new byte[JoinProofs.NONCE_BYTES]))
                .setClockMillis(busanClock.millis())
                .build();
        byte[] transcript = JoinProofs.transcript(token.authority(), token.inviter(), unproven);
        return unproven.toBuilder()
                .setMac(ByteString.copyFrom(token.secret().mac(transcript)))
                .setSignature(ByteString.copyFrom(Ec.sign(Pem.readKey(identity.resolve("authority.key")), transcript)));
    }

    private static ByteString flipped(ByteString bytes) {
        byte[] changed = bytes.toByteArray();
        changed[changed.length - 1] ^= 1;
        return ByteString.copyFrom(changed);
    }
}
