package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.culvert.proto.v1.GatewayReply;
import io.culvert.proto.v1.GatewayRequest;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One more gateway of seoul, over real TLS; what is refused leaves nothing in the new directory. */
class GatewayJoinTest extends SeoulAndBusan {
    private final TestClock newClock = new TestClock();

    private Path newDirectory(String name) throws IOException {
        return Files.createDirectories(directory.resolve("new").resolve(name));
    }

    private GatewayJoin.Joined join(String token, Path stateDir) throws IOException {
        return new GatewayJoin(stateDir, given -> given, newClock, new SecureRandom()).join(token);
    }

    private String inviteGateway() throws IOException {
        return seoul.identity.inviteGateway(Duration.ofHours(1));
    }

    private JoinRefusedException assertRefused(String token, JoinRefusal reason) throws IOException {
        Path state = newDirectory("refused");
        JoinRefusedException refused = catchThrowableOfType(JoinRefusedException.class, () -> join(token, state));
        assertThat(refused).isNotNull();
        assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
        assertThat(state).isEmptyDirectory();
        return refused;
    }

    @Test
    void theNewGatewayIsTheSameSiteToAPeer() throws IOException {
        TestSite.enrol(seoul, busan);
        seoul.siteFile = () -> "site: seoul # 서울\n".getBytes(StandardCharsets.UTF_8);
        Path state = newDirectory("two");

        GatewayJoin.Joined joined = join(inviteGateway(), state);

        assertThat(joined).isEqualTo(new GatewayJoin.Joined("seoul", 2, seoul.identity.fingerprint(), 1, false));
        assertThat(state.resolve("site.yaml")).hasContent("site: seoul # 서울");
        assertThat(state.resolve(StateDraft.DIRECTORY)).doesNotExist();
        try (TestSite two = TestSite.of(state, "seoul", newClock)) {
            assertThat(two.identity.gateway()).isEqualTo(2);
            assertThat(two.identity.gateways()).containsExactly(1, 2);
            assertThat(seoul.identity.gateways()).containsExactly(1, 2);
            assertThat(two.identity.peers().list())
                    .isEqualTo(seoul.identity.peers().list());
            assertThat(two.echo(busan, "hello")).isEqualTo("hello");
            assertThat(busan.callers).containsExactly(new PeerIdentity("seoul", 2));
            assertThat(busan.echo(two, "back")).isEqualTo("back");
        }
        assertThat(Files.readString(state.resolve("identity/gateway.key")))
                .isNotEqualTo(Files.readString(seoul.stateDir.resolve("identity/gateway.key")));
    }

    @Test
    void revokedPeersComeAlongAsRevoked() throws IOException {
        TestSite.enrol(seoul, busan);
        seoul.identity.peers().revoke("busan");
        Path state = newDirectory("two");

        join(inviteGateway(), state);

        assertThat(PeerRegistry.open(state, newClock)
                        .find("busan")
                        .orElseThrow()
                        .isRevoked())
                .isTrue();
    }

    @Test
    void aGatewayThatWasAddedMayAddOthers() throws IOException {
        Path state = newDirectory("two");
        join(inviteGateway(), state);
        try (TestSite two = TestSite.of(state, "seoul", newClock)) {
            GatewayJoin.Joined third = join(two.identity.inviteGateway(Duration.ofHours(1)), newDirectory("three"));

            assertThat(third.number()).isEqualTo(3);
            assertThat(two.identity.gateways()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void theNumberIsTheNextAfterAllThatAreKnownAnywhere() throws IOException {
        seoul.gateways.taken.addAll(List.of(1, 7));
        seoul.gateways.contested.add(8);

        assertThat(join(inviteGateway(), newDirectory("nine")).number()).isEqualTo(9);

        assertThat(seoul.identity.gateways()).containsExactly(1, 7, 8, 9);
    }

    @Test
    void aTokenServesOnceAlsoAfterARestart() throws IOException {
        String token = inviteGateway();
        join(token, newDirectory("two"));

        assertRefused(token, JoinRefusal.TOKEN_USED);
        seoul = seoul.restarted();
        assertRefused(token, JoinRefusal.TOKEN_USED);
    }

    @Test
    void ofTwoThatComeAtOnceWithOneTokenExactlyOneGetsTheIdentity() throws Exception {
        for (int round = 0; round < 3; round++) {
            String token = inviteGateway();
            List<Callable<Boolean>> rivals = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Path state = newDirectory(round + "-" + i);
                rivals.add(() -> {
                    try {
                        var unused = join(token, state);
                        return true;
                    } catch (JoinRefusedException e) {
                        assertThat(e.reason()).isEqualTo(JoinRefusal.TOKEN_USED);
                        return false;
                    }
                });
            }
            List<Boolean> won = new ArrayList<>();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Boolean> rival : executor.invokeAll(rivals)) {
                    won.add(rival.get());
                }
            }
            assertThat(won).containsExactlyInAnyOrder(true, false, false);
        }
    }

    @Test
    void aRefusalThatUsedNoTokenSaysSo() throws IOException {
        String token = inviteGateway();
        newClock.advance(Duration.ofMinutes(6));
        assertThat(assertRefused(token, JoinRefusal.CLOCK_SKEW)).hasMessageContaining("the token was not used");
        newClock.advance(Duration.ofMinutes(-6));

        assertThat(join(token, newDirectory("two")).number()).isEqualTo(2);
    }

    @Test
    void aSiteFileThatCannotBeGivenCostsNoToken() throws IOException {
        String token = inviteGateway();
        seoul.siteFile = SiteFile.NONE;
        assertThat(assertRefused(token, JoinRefusal.FAILED_THERE))
                .hasMessageContaining("the site file of gateway 1 cannot be given");
        seoul.siteFile = () -> "site: seoul".getBytes(StandardCharsets.UTF_8);

        assertThat(join(token, newDirectory("two")).number()).isEqualTo(2);
    }

    @Test
    void anExpiredTokenIsRefused() throws IOException {
        String token = inviteGateway();
        clock.advance(Duration.ofHours(1).plus(Invitations.SKEW_TOLERANCE).plusSeconds(1));
        newClock.advance(Duration.ofHours(1));

        assertRefused(token, JoinRefusal.TOKEN_EXPIRED);
    }

    @Test
    void aTokenOfAPeerIsRefusedWithTheRightCommandAndTheOtherWayRound() throws IOException {
        assertThat(assertRefused(invite("busan"), JoinRefusal.TOKEN_MALFORMED))
                .hasMessageContaining("at a gateway of busan run `culvert peer join TOKEN`");
        assertThat(assertRefused(busan, inviteGateway(), JoinRefusal.TOKEN_MALFORMED))
                .hasMessageContaining("`culvert init --join TOKEN --dir DIR`");
    }

    @Test
    void aSecretOfOneKindOpensNothingOfTheOther() throws IOException {
        JoinToken peers = JoinToken.decode(invite("busan"));
        GatewayToken gateways = GatewayToken.decode(inviteGateway());

        assertRefused(
                new GatewayToken(peers.secret(), peers.authority(), "seoul", seoul.endpoint).encode(),
                JoinRefusal.TOKEN_UNKNOWN);
        assertRefused(
                busan,
                new JoinToken(gateways.secret(), gateways.authority(), "seoul", "busan", seoul.endpoint).encode(),
                JoinRefusal.TOKEN_UNKNOWN);
    }

    @Test
    void itIsOffWhileNoTokenOfThatKindIsOpen() throws IOException {
        JoinToken peers = JoinToken.decode(invite("busan"));

        assertThat(assertRefused(
                        new GatewayToken(peers.secret(), peers.authority(), "seoul", seoul.endpoint).encode(),
                        JoinRefusal.NO_INVITATION))
                .hasMessageContaining("culvert gateway add");
    }

    @Test
    void attemptsAreLimitedTogetherWithThoseOfPeers() throws IOException {
        GatewayToken token = GatewayToken.decode(inviteGateway());
        byte[] wrong = new byte[JoinSecret.LENGTH_BYTES];
        String guess = new GatewayToken(JoinSecret.read(wrong), token.authority(), "seoul", seoul.endpoint).encode();
        for (int attempt = 0; attempt < SiteIdentity.JOINS_PER_MINUTE; attempt++) {
            assertRefused(guess, JoinRefusal.TOKEN_UNKNOWN);
        }
        assertThat(assertRefused(guess, JoinRefusal.TOO_MANY_ATTEMPTS)).hasMessageContaining("was not used");
        assertRefused(busan, invite("busan"), JoinRefusal.TOO_MANY_ATTEMPTS);
    }

    @Test
    void anotherCaInBetweenIsFoundBeforeTheSecretIsSent() throws IOException {
        GatewayToken token = GatewayToken.decode(inviteGateway());
        GatewayToken misled = new GatewayToken(token.secret(), token.authority(), "seoul", busan.endpoint);

        assertThat(assertRefused(misled.encode(), JoinRefusal.WRONG_CA))
                .hasMessageContaining("the secret was not sent")
                .hasMessageContaining("the token was not used");
    }

    @Test
    void whereNothingListensTheTokenWasNotUsed() throws IOException {
        String token = inviteGateway();
        seoul.close();
        Path state = newDirectory("none");

        assertThatThrownBy(() -> join(token, state))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining(seoul.endpoint.toString())
                .hasMessageContaining("the token was not used");
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void whoBreaksOffAfterTheSecretIsAskedAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Server breaking = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(seoul.identity.contexts().forAccepting())
                .addService(ServerServiceDefinition.builder(EnrolmentMethods.SERVICE)
                        .addMethod(EnrolmentMethods.ADD_GATEWAY, (call, headers) -> breakingOff(call, calls))
                        .build())
                .build()
                .start();
        try {
            GatewayToken token = GatewayToken.decode(inviteGateway());
            String there = new GatewayToken(
                            token.secret(), token.authority(), "seoul", new Endpoint("127.0.0.1", breaking.getPort()))
                    .encode();
            Path state = newDirectory("broken");

            assertThatThrownBy(() -> join(there, state))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining("the token may be used up: run the same command again");

            assertThat(calls).hasValue(2);
            assertThat(state).isEmptyDirectory();
        } finally {
            breaking.shutdownNow();
            assertThat(breaking.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServerCall.Listener<Incoming<GatewayRequest>> breakingOff(
            ServerCall<Incoming<GatewayRequest>, Incoming<GatewayReply>> call, AtomicInteger calls) {
        calls.incrementAndGet();
        call.close(Status.UNAVAILABLE, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    @Test
    void aDirectoryWithAnIdentityOrPartsOfOneIsRefusedAndLeftAsItIs() throws IOException {
        String token = inviteGateway();
        assertThatThrownBy(() -> join(token, busan.stateDir)).isInstanceOf(IdentityExistsException.class);
        Path state = newDirectory("peers-left");
        Files.createDirectory(state.resolve("peers"));
        assertThatThrownBy(() -> join(token, state))
                .isInstanceOf(IdentityExistsException.class)
                .hasMessageContaining("peers is there already");

        assertThat(state.resolve(StateDraft.DIRECTORY)).doesNotExist();
        assertThat(join(token, newDirectory("two")).number()).isEqualTo(2);
    }

    @Test
    void whatCannotBeKeptLeavesNothingAndSaysThatTheTokenIsUsedUp() throws IOException {
        Path state = newDirectory("full");
        String token = inviteGateway();
        GatewayJoin join = new GatewayJoin(
                state,
                given -> {
                    throw new IOException("no space");
                },
                newClock,
                new SecureRandom());

        assertThatThrownBy(() -> join.join(token))
                .hasMessageContaining("no space")
                .hasMessageContaining("the token is used up");
        assertThat(state).isEmptyDirectory();
        assertRefused(token, JoinRefusal.TOKEN_USED);
    }

    @Test
    void aMessageOutOfItsBoundsIsRefused() throws IOException {
        GatewayToken token = GatewayToken.decode(inviteGateway());
        for (GatewayRequest bad : List.of(
                GatewayRequest.getDefaultInstance(),
                GatewayRequest.newBuilder()
                        .setVersion(2)
                        .setSecret(ByteString.copyFrom(token.secret().bytes()))
                        .build(),
                GatewayRequest.newBuilder()
                        .setVersion(1)
                        .setSecret(ByteString.copyFrom(new byte[20_000]))
                        .build())) {
            assertThatThrownBy(() -> InviterCall.make(
                            EnrolmentMethods.ADD_GATEWAY,
                            bad,
                            EnrolmentMethods.MAX_GATEWAY_REPLY_BYTES,
                            token,
                            new PinnedAuthority(token, null, newClock)))
                    .isInstanceOfSatisfying(
                            JoinRefusedException.class,
                            e -> assertThat(e.reason()).isEqualTo(JoinRefusal.MALFORMED_MESSAGE));
        }
    }
}
