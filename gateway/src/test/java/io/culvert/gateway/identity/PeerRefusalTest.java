package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each reason to refuse a peer, over real TLS, seen by the side that refuses and by the side that is refused. */
class PeerRefusalTest extends SeoulAndBusan {
    @BeforeEach
    void enrol() throws IOException {
        TestSite.enrol(seoul, busan);
    }

    // ---- the accepting side refuses

    @Test
    void anAcceptorRefusesAStrangerWithTheSameName() throws IOException {
        Forger stranger = Forger.stranger("busan", clock);

        assertAcceptorRefuses(stranger.dialing(stranger.gateway("busan"), directory), PeerRefusal.WRONG_CA);
    }

    @Test
    void anAcceptorRefusesASiteThatIsNotEnrolled() throws IOException {
        try (TestSite daegu = new TestSite(directory, "daegu", clock)) {
            assertAcceptorRefuses(daegu.identity.contexts().forTellingRefusal(), PeerRefusal.UNKNOWN_PEER);
        }
    }

    @Test
    void anAcceptorRefusesAnEnrolledSiteThatNamesItselfAnother() throws IOException {
        try (TestSite daegu = new TestSite(directory, "daegu", clock)) {
            TestSite.enrol(seoul, daegu);
            Forger bad = Forger.withKeyOf(busan);

            PeerRefusedException refused =
                    assertAcceptorRefuses(bad.dialing(bad.gateway("daegu"), directory), PeerRefusal.WRONG_SITE);

            assertThat(refused).hasMessageContaining("the CA of busan signed it");
        }
    }

    @Test
    void anAcceptorRefusesACallerThatUsesThisSitesOwnCaForAPeersName() throws IOException {
        Forger own = Forger.withKeyOf(seoul);

        assertAcceptorRefuses(own.dialing(own.gateway("busan"), directory), PeerRefusal.WRONG_SITE);
    }

    @Test
    void anAcceptorRefusesACallerWithoutACertificate() {
        assertAcceptorRefuses(TlsContexts.forJoining(presented -> {}), PeerRefusal.NO_CERTIFICATE);
    }

    @Test
    void anAcceptorWhoseClockIsAheadSaysExpiredAndDoubtsTheClock() throws IOException {
        clock.advance(Duration.ofHours(25));

        PeerRefusedException refused =
                assertAcceptorRefuses(busan.identity.contexts().forTellingRefusal(), PeerRefusal.EXPIRED);

        assertThat(refused).hasMessageContaining("a clock may be wrong").hasMessageContaining("1 h 0 min");
    }

    @Test
    void aCertificateThatExpiredLongAgoIsNotBlamedOnAClock() throws IOException {
        clock.advance(Duration.ofDays(30));

        PeerRefusedException refused =
                assertAcceptorRefuses(busan.identity.contexts().forTellingRefusal(), PeerRefusal.EXPIRED);

        assertThat(refused).hasMessageNotContaining("clock may be wrong");
    }

    @Test
    void anAcceptorWhoseClockIsBehindSaysNotYetValidAndDoubtsTheClock() throws IOException {
        clock.advance(Duration.ofHours(-1));

        PeerRefusedException refused =
                assertAcceptorRefuses(busan.identity.contexts().forTellingRefusal(), PeerRefusal.NOT_YET_VALID);

        assertThat(refused).hasMessageContaining("a clock may be wrong").hasMessageContaining("55 min");
    }

    @Test
    void anAcceptorRefusesARevokedPeer() throws IOException {
        seoul.identity.peers().revoke("busan");

        assertAcceptorRefuses(busan.identity.contexts().forTellingRefusal(), PeerRefusal.REVOKED);
    }

    @Test
    void anAcceptorRefusesOneRevokedCertificateAndTakesTheNext() throws IOException {
        Forger ca = Forger.withKeyOf(busan);
        Leaf stolen = ca.gateway("busan");
        seoul.identity.peers().revokeCertificate("busan", stolen.serial());

        assertAcceptorRefuses(ca.dialing(stolen, directory), PeerRefusal.REVOKED);
        assertThat(busan.echo(seoul, "mine is another")).isEqualTo("mine is another");
    }

    @Test
    void anAcceptorRefusesTheConsolesCertificate() throws IOException {
        Forger ca = Forger.withKeyOf(busan);

        assertAcceptorRefuses(ca.dialing(ca.console("busan"), directory), PeerRefusal.MALFORMED_CERTIFICATE);
    }

    @Test
    void anAcceptorRefusesTwoIdentitiesInOneCertificate() throws IOException {
        Forger ca = Forger.withKeyOf(busan);
        Leaf two = ca.withNames(
                false, Forger.uri("spiffe://culvert/site/busan/gw/1"), Forger.uri("spiffe://culvert/site/seoul/gw/1"));

        assertAcceptorRefuses(ca.dialing(two, directory), PeerRefusal.MALFORMED_CERTIFICATE);
    }

    @Test
    void anAcceptorRefusesAnIntermediateCa() throws IOException {
        Forger ca = Forger.withKeyOf(busan);
        Leaf authority = ca.withNames(true, Forger.uri("spiffe://culvert/site/busan/gw/1"));

        assertAcceptorRefuses(ca.dialing(authority, directory), PeerRefusal.MALFORMED_CERTIFICATE);
    }

    /** The dialler with this context is refused, and both sides know the reason; no message reached a handler. */
    private PeerRefusedException assertAcceptorRefuses(SslContext dialler, PeerRefusal reason) {
        ManagedChannel channel = TestSite.channel(seoul.endpoint, dialler);
        StatusRuntimeException closed =
                catchThrowableOfType(StatusRuntimeException.class, () -> TestSite.echo(channel, "let me in"));

        assertThat(closed.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        PeerRefusedException refused = Refusals.in(closed, "seoul").orElseThrow();
        assertThat(refused.by()).isEqualTo(PeerRefusedException.By.THERE);
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused).hasMessageContaining(reason.name()).hasMessageContaining(reason.clause());
        assertThat(seoul.messagesSeen).hasValue(0);
        return refused;
    }

    // ---- the dialling side refuses

    @Test
    void aDiallerRefusesAStrangerWithTheSameName() throws Exception {
        Forger stranger = Forger.stranger("busan", clock);

        assertDiallerRefuses(stranger, stranger.gateway("busan"), PeerRefusal.WRONG_CA);
    }

    @Test
    void aDiallerRefusesAnotherEnrolledSiteThanTheOneItDialled() throws Exception {
        try (TestSite daegu = new TestSite(directory, "daegu", clock)) {
            TestSite.enrol(seoul, daegu);
            Forger bad = Forger.withKeyOf(daegu);

            assertDiallerRefuses(bad, bad.gateway("daegu"), PeerRefusal.WRONG_SITE);
            assertDiallerRefuses(bad, bad.gateway("busan"), PeerRefusal.WRONG_SITE);
        }
    }

    @Test
    void aDiallerRefusesAnIdentityOfAnotherTrustDomain() throws Exception {
        Forger bad = Forger.withKeyOf(busan);
        Leaf elsewhere = bad.withNames(false, Forger.uri("spiffe://elsewhere/site/busan/gw/1"));

        assertDiallerRefuses(bad, elsewhere, PeerRefusal.MALFORMED_CERTIFICATE);
    }

    @Test
    void aDiallerRefusesAnExpiredAcceptor() throws Exception {
        Forger ca = Forger.withKeyOf(busan);
        var past = new CertificateMint.Validity(
                clock.instant().minus(Duration.ofHours(26)), clock.instant().minus(Duration.ofHours(2)));

        PeerRefusedException refused = assertDiallerRefuses(ca, ca.gateway("busan", past), PeerRefusal.EXPIRED);

        assertThat(refused).hasMessageContaining("a clock may be wrong").hasMessageContaining("2 h 0 min");
    }

    @Test
    void aDiallerRefusesAnAcceptorThatIsNotYetValid() throws Exception {
        Forger ca = Forger.withKeyOf(busan);
        var future = new CertificateMint.Validity(
                clock.instant().plus(Duration.ofHours(2)), clock.instant().plus(Duration.ofHours(26)));

        assertDiallerRefuses(ca, ca.gateway("busan", future), PeerRefusal.NOT_YET_VALID);
    }

    @Test
    void aDiallerRefusesARevokedAcceptor() throws Exception {
        Forger ca = Forger.withKeyOf(busan);
        seoul.identity.peers().revoke("busan");

        assertDiallerRefuses(ca, ca.gateway("busan"), PeerRefusal.REVOKED);
    }

    @Test
    void aDiallerRefusesAnUnknownPeer() throws Exception {
        StatusRuntimeException closed = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> TestSite.echo(
                        TestSite.channel(
                                busan.endpoint, seoul.identity.contexts().forDialing("nowhere")),
                        "hello"));

        assertThat(Refusals.in(closed, "nowhere").orElseThrow().reason()).isEqualTo(PeerRefusal.UNKNOWN_PEER);
    }

    @Test
    void aRefusedAcceptorIsToldTheReasonByTheSiteThatProvedWhoItIs() throws Exception {
        busanClock.advance(Duration.ofHours(-30));
        try (TestSite behind = busan.restarted()) {
            var told = new LinkedBlockingQueue<RefusalNotices.Heard>();
            behind.identity.notices().onHeard(told::add);
            busanClock.advance(Duration.ofHours(30));

            StatusRuntimeException closed =
                    catchThrowableOfType(StatusRuntimeException.class, () -> seoul.echo(behind, "hello"));

            PeerRefusedException here = Refusals.in(closed, "busan").orElseThrow();
            assertThat(here.reason()).isEqualTo(PeerRefusal.EXPIRED);
            assertThat(here.by()).isEqualTo(PeerRefusedException.By.HERE);
            RefusalNotices.Heard heard = told.poll(20, TimeUnit.SECONDS);
            assertThat(heard).isNotNull();
            assertThat(heard.bySite()).isEqualTo("seoul");
            assertThat(heard.reason()).isEqualTo(PeerRefusal.EXPIRED);
            assertThat(heard.isProven()).isTrue();
        }
    }

    @Test
    void aRefusedAcceptorIsToldWhereTheSiteFileSaysThatItIs() throws Exception {
        busanClock.advance(Duration.ofHours(-30));
        try (TestSite behind = busan.moved()) {
            var told = new LinkedBlockingQueue<RefusalNotices.Heard>();
            behind.identity.notices().onHeard(told::add);
            busanClock.advance(Duration.ofHours(30));
            seoul.identity
                    .notices()
                    .endpoints(peer -> peer.equals("busan") ? Optional.of(behind.endpoint) : Optional.empty());

            var unused = catchThrowableOfType(StatusRuntimeException.class, () -> seoul.echo(behind, "hello"));

            RefusalNotices.Heard heard = told.poll(20, TimeUnit.SECONDS);
            assertThat(heard).isNotNull();
            assertThat(heard.reason()).isEqualTo(PeerRefusal.EXPIRED);
        }
    }

    /** The site seoul dials busan and meets this leaf; nothing is sent to it. */
    private PeerRefusedException assertDiallerRefuses(Forger forger, Leaf leaf, PeerRefusal reason) throws Exception {
        Server impostor = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(forger.accepting(leaf, directory))
                .directExecutor()
                .build()
                .start();
        try {
            Endpoint endpoint = new Endpoint("127.0.0.1", impostor.getPort());
            ManagedChannel channel =
                    TestSite.channel(endpoint, seoul.identity.contexts().forDialing("busan"));
            StatusRuntimeException closed =
                    catchThrowableOfType(StatusRuntimeException.class, () -> TestSite.echo(channel, "hello"));

            assertThat(closed.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            PeerRefusedException refused = Refusals.in(closed, "busan").orElseThrow();
            assertThat(refused.by()).isEqualTo(PeerRefusedException.By.HERE);
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.site()).contains("busan");
            return refused;
        } finally {
            impostor.shutdownNow();
            assertThat(impostor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
