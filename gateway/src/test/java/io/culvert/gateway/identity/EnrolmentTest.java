package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites that never met enrol over real TLS and then trust each other. */
class EnrolmentTest {
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    @Test
    void joiningMakesBothSitesTrustEachOther() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite busan = new TestSite(directory, "busan", clock)) {
            String token = seoul.identity.enrolment().invite("busan", Duration.ofHours(1));

            Peer peer = busan.identity.enrolment().join(token);

            assertThat(token).startsWith("culvert-").doesNotContain("\n").hasSizeLessThan(TokenText.MAX_CHARS);
            assertThat(peer.name()).isEqualTo("seoul");
            assertThat(peer.dials()).isTrue();
            assertThat(peer.endpoint()).isEqualTo(seoul.endpoint);
            assertThat(peer.fingerprints()).containsExactly(seoul.identity.fingerprint());
            Peer back = seoul.identity.peers().find("busan").orElseThrow();
            assertThat(back.dials()).isFalse();
            assertThat(back.endpoint()).isEqualTo(busan.endpoint);
            assertThat(back.fingerprints()).containsExactly(busan.identity.fingerprint());
            assertThat(busan.echo(seoul, "hello")).isEqualTo("hello");
            assertThat(seoul.echo(busan, "hello back")).isEqualTo("hello back");
            assertThat(seoul.callers).containsExactly(new PeerIdentity("busan", 1));
            assertThat(busan.callers).containsExactly(new PeerIdentity("seoul", 1));
        }
    }

    @Test
    void trustSurvivesARestartOfBoth() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite busan = new TestSite(directory, "busan", clock)) {
            TestSite.enrol(seoul, busan);
            try (TestSite seoulAgain = seoul.restarted();
                    TestSite busanAgain = busan.restarted()) {
                assertThat(busanAgain.echo(seoulAgain, "still here")).isEqualTo("still here");
            }
        }
    }

    @Test
    void theJoinerMayAskToBeDialled() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite busan = new TestSite(directory, "busan", clock)) {
            busan.identity.enrolment().join(seoul.identity.enrolment().invite("busan", Duration.ofHours(1)), false);

            assertThat(busan.identity.peers().find("seoul").orElseThrow().dials())
                    .isFalse();
            assertThat(seoul.identity.peers().find("busan").orElseThrow().dials())
                    .isTrue();
        }
    }
}
