package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Each reason to refuse a join, over real TLS; what is refused leaves nothing behind at either site. */
class JoinRefusalTest extends SeoulAndBusan {
    @Test
    void aTokenServesOnce() throws IOException {
        String token = invite("busan");
        busan.identity.enrolment().join(token);
        TestSite second = new TestSite(directory.resolve("elsewhere"), "busan", clock);
        try (second) {
            assertRefused(second, token, JoinRefusal.TOKEN_USED);
        }
        assertThat(seoul.identity.peers().find("busan").orElseThrow().fingerprints())
                .containsExactly(busan.identity.fingerprint());
    }

    @Test
    void aUsedTokenStaysUsedAfterARestart() throws IOException {
        String token = invite("busan");
        busan.identity.enrolment().join(token);
        try (TestSite again = seoul.restarted();
                TestSite second = new TestSite(directory.resolve("elsewhere"), "busan", clock)) {
            assertThat(again.identity.peers().list()).hasSize(1);
            assertRefused(second, token, JoinRefusal.TOKEN_USED);
        }
    }

    @Test
    void anOpenTokenSurvivesARestart() throws IOException {
        String token = invite("busan");
        try (TestSite again = seoul.restarted()) {
            busan.identity.enrolment().join(token);

            assertThat(again.identity.peers().find("busan")).isPresent();
        }
    }

    @Test
    void ofTwoSitesThatJoinAtOnceWithOneTokenExactlyOneWins() throws Exception {
        for (int round = 0; round < 8; round++) {
            String token = invite("busan");
            List<TestSite> rivals = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                rivals.add(new TestSite(directory.resolve(round + "-" + i), "busan", clock));
            }
            assertThat(outcomes(rivals, token)).containsExactlyInAnyOrder("won", "lost", "lost");
            for (TestSite rival : rivals) {
                rival.close();
            }
            assertThat(seoul.identity.peers().revoke("busan")).isTrue();
            // so that its rate limit starts anew
            seoul = seoul.restarted();
        }
    }

    private static List<String> outcomes(List<TestSite> rivals, String token) throws Exception {
        CyclicBarrier start = new CyclicBarrier(rivals.size());
        List<String> outcomes = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> running = new ArrayList<>();
            for (TestSite rival : rivals) {
                running.add(executor.submit(() -> {
                    start.await();
                    try {
                        var unused = rival.identity.enrolment().join(token);
                        return "won";
                    } catch (JoinRefusedException e) {
                        return e.reason() == JoinRefusal.TOKEN_USED || e.reason() == JoinRefusal.ALREADY_ENROLLED
                                ? "lost"
                                : e.reason().name();
                    }
                }));
            }
            for (Future<String> outcome : running) {
                outcomes.add(outcome.get());
            }
        }
        return outcomes;
    }

    @Test
    void aJoinerThatLostTheReplyMayAskAgainAndNobodyElseMay() throws IOException {
        String token = invite("busan");
        busan.identity.enrolment().join(token);
        assertThat(busan.identity.peers().revoke("seoul")).isTrue();

        Peer again = busan.identity.enrolment().join(token);

        assertThat(again.fingerprints()).containsExactly(seoul.identity.fingerprint());
        clock.advance(Duration.ofHours(2));
        busanClock.advance(Duration.ofHours(2));
        assertThat(busan.identity.peers().revoke("seoul")).isTrue();
        assertRefused(busan, token, JoinRefusal.TOKEN_EXPIRED);
    }

    @Test
    void anExpiredTokenIsRefusedAndALittleSkewForgiven() throws IOException {
        String late = invite("busan");
        clock.advance(Duration.ofHours(1).plus(Invitations.SKEW_TOLERANCE).plusSeconds(1));
        busanClock.advance(Duration.ofHours(1));
        assertRefused(busan, late, JoinRefusal.TOKEN_EXPIRED);

        String inTime = invite("busan");
        clock.advance(Duration.ofHours(1).plus(Invitations.SKEW_TOLERANCE));
        busanClock.advance(Duration.ofHours(1));
        busan.identity.enrolment().join(inTime);
    }

    @Test
    void aTokenWithAnotherSecretIsUnknown() throws IOException {
        JoinToken token = JoinToken.decode(invite("busan"));
        byte[] secret = token.secret().bytes();
        secret[3] ^= 1;
        JoinToken other = new JoinToken(
                JoinSecret.read(secret), token.authority(), token.inviter(), token.invitee(), token.endpoint());

        assertRefused(busan, other.encode(), JoinRefusal.TOKEN_UNKNOWN);
    }

    @Test
    void aTokenForAnotherSiteIsRefusedBeforeAnythingIsSent() throws IOException {
        String token = invite("daegu");

        assertRefused(busan, token, JoinRefusal.WRONG_SITE_NAME);
    }

    @Test
    void aNameThatIsEnrolledCanNeitherBeInvitedNorJoined() throws IOException {
        String first = invite("busan");
        String second = invite("busan");
        busan.identity.enrolment().join(first);

        assertThatThrownBy(() -> invite("busan"))
                .isInstanceOf(JoinRefusedException.class)
                .hasMessageContaining("is enrolled at seoul");
        assertRefused(busan, second, JoinRefusal.ALREADY_ENROLLED);
        try (TestSite other = new TestSite(directory.resolve("elsewhere"), "busan", clock)) {
            assertRefused(other, second, JoinRefusal.ALREADY_ENROLLED);
        }
    }

    @Test
    void aRevokedPeerMayBeEnrolledAnew() throws IOException {
        TestSite.enrol(seoul, busan);
        seoul.identity.peers().revoke("busan");
        busan.identity.peers().revoke("seoul");

        TestSite.enrol(seoul, busan);

        assertThat(busan.echo(seoul, "again")).isEqualTo("again");
    }

    @Test
    void clocksThatDifferAreNamedAndTheTokenStaysGood() throws IOException {
        String token = invite("busan");
        busanClock.advance(Duration.ofMinutes(6));
        assertRefused(busan, token, JoinRefusal.CLOCK_SKEW);
        busanClock.advance(Duration.ofMinutes(-66));
        JoinRefusedException behind = assertRefused(busan, token, JoinRefusal.CLOCK_SKEW);
        assertThat(behind).hasMessageContaining("clock");
        busanClock.advance(Duration.ofHours(1));

        busan.identity.enrolment().join(token);
    }

    @Test
    void anEndpointWhereNothingListensIsUnreachable() throws IOException {
        String token = invite("busan");
        seoul.close();

        assertThatThrownBy(() -> busan.identity.enrolment().join(token))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining(seoul.endpoint.toString());
    }
}
