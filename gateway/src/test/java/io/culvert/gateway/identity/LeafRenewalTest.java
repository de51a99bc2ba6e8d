package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaves renew themselves, live streams do not notice, and a failure is said. */
class LeafRenewalTest {
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    @Test
    void aLiveStreamSurvivesRenewalsOfBothLeaves() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite busan = new TestSite(directory, "busan", clock)) {
            TestSite.enrol(seoul, busan);
            ManagedChannel channel = busan.dial(seoul);
            try (TestSite.Stream stream = new TestSite.Stream(channel)) {
                for (int renewal = 1; renewal <= 6; renewal++) {
                    assertThat(stream.echo("before " + renewal)).isEqualTo("before " + renewal);
                    LeafStatus before = busan.identity.leafStatus();
                    clock.advance(Duration.ofHours(17));
                    seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);
                    busan.scheduler.runAll(LeafRenewal.CHECK_EVERY);

                    assertThat(until(busan)).isAfter(((LeafStatus.Valid) before).until());
                    assertThat(stream.echo("after " + renewal)).isEqualTo("after " + renewal);
                    assertThat(busan.echo(seoul, "a new connection")).isEqualTo("a new connection");
                }
            } finally {
                channel.shutdownNow();
            }
            assertThat(seoul.callers).hasSize(7).containsOnly(new PeerIdentity("busan", 1));
        }
    }

    @Test
    void aLeafIsNotRenewedBeforeTwoThirdsOfItsLife() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock)) {
            Instant first = until(seoul);

            clock.advance(Duration.ofHours(15));
            seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);
            assertThat(until(seoul)).isEqualTo(first);

            clock.advance(Duration.ofHours(1));
            seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);
            assertThat(until(seoul)).isAfter(first);
        }
    }

    @Test
    void aFailedRenewalIsSaidAndTriedAgain() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock)) {
            Path key = seoul.stateDir.resolve("identity/authority.key");
            Path away = directory.resolve("away");
            Files.move(key, away);

            clock.advance(Duration.ofHours(17));
            seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);
            assertThat(seoul.identity.leafStatus()).isInstanceOf(LeafStatus.Overdue.class);
            assertThat(seoul.identity.leafStatus().sentence()).contains("could not be renewed", "authority.key");

            clock.advance(Duration.ofHours(8));
            assertThat(seoul.identity.leafStatus()).isInstanceOf(LeafStatus.Ended.class);
            assertThat(seoul.identity.leafStatus().sentence()).contains("peers refuse");

            Files.move(away, key);
            seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);
            assertThat(seoul.identity.leafStatus()).isInstanceOf(LeafStatus.Valid.class);
        }
    }

    @Test
    void aClockSetBackBeforeTheLeafMakesItRenewAtOnce() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock)) {
            clock.advance(Duration.ofDays(-400));
            assertThat(seoul.identity.leafStatus()).isInstanceOf(LeafStatus.Ended.class);

            seoul.scheduler.runAll(LeafRenewal.CHECK_EVERY);

            assertThat(until(seoul)).isEqualTo(clock.instant().plus(SiteAuthority.LEAF_LIFE));
        }
    }

    @Test
    void revokingAPeerClosesItsLiveStreamAndNamesTheReason() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite busan = new TestSite(directory, "busan", clock)) {
            TestSite.enrol(seoul, busan);
            ManagedChannel channel = busan.dial(seoul);
            try (TestSite.Stream stream = new TestSite.Stream(channel)) {
                assertThat(stream.echo("trusted")).isEqualTo("trusted");

                assertThat(seoul.identity.peers().revoke("busan")).isTrue();

                PeerRefusedException refused =
                        Refusals.in(stream.end(), "seoul").orElseThrow();
                assertThat(refused.reason()).isEqualTo(PeerRefusal.REVOKED);
                StatusRuntimeException again =
                        catchThrowableOfType(StatusRuntimeException.class, () -> busan.echo(seoul, "again"));
                assertThat(Refusals.in(again, "seoul").orElseThrow().reason()).isEqualTo(PeerRefusal.REVOKED);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static Instant until(TestSite site) {
        return ((LeafStatus.Valid) site.identity.leafStatus()).until();
    }
}
