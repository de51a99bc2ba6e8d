package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BackupChecksTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00.5Z");
    private static final Duration TWO_SCHEDULES = Duration.ofHours(12);

    private static Copies.Copy copy(String place, Dated newest, String trouble) {
        return new Copies.Copy(place, newest, trouble);
    }

    private static Dated ago(Duration age) {
        return Dated.of(NOW.minus(age));
    }

    private static Check judge(Copies.Copy... copies) {
        return BackupChecks.elsewhere(List.of(copies), TWO_SCHEDULES, NOW);
    }

    @Test
    void saysWhereTheLastCopyIsSinceWhenAndHowOld() {
        assertThat(judge(copy("busan/main", ago(Duration.ofHours(3)), "")))
                .isEqualTo(new Check(
                        "backup at another site",
                        Verdict.OK,
                        "busan/main since 2026-11-30T09:00:00Z, 3 h old",
                        "12 h old",
                        ""));
    }

    @Test
    void isWellForTwoSchedulesAndNoLonger() {
        assertThat(judge(copy("busan/main", ago(TWO_SCHEDULES), "")).verdict()).isEqualTo(Verdict.OK);
        assertThat(judge(copy("busan/main", ago(TWO_SCHEDULES.plusSeconds(1)), ""))
                        .verdict())
                .isEqualTo(Verdict.WARNING);
    }

    @Test
    void warnsIfBackupsAreOnThisHostOnlyAndSaysWhatToWrite() {
        Check check = judge();
        assertThat(check.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(check.value()).isEqualTo("none");
        assertThat(check.advice())
                .startsWith("backups are on this host only and are lost with it")
                .contains("checkpoints: {etcd: {backup: {replicateTo: [{peer: PEER, pool: POOL}]}}}");
    }

    @Test
    void onePlaceThatIsLateIsNamedWithWhatKeepsIt() {
        Check check = judge(
                copy("busan/main", ago(Duration.ofHours(3)), ""),
                copy("jeju/vault", Dated.NONE, "peer jeju is awaited: it does not answer"));
        assertThat(check.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(check.value()).isEqualTo("busan/main since 2026-11-30T09:00:00Z, 3 h old; jeju/vault: none");
        assertThat(check.advice())
                .isEqualTo("what no copy has is lost with this host and its etcd; jeju/vault: peer jeju is awaited:"
                        + " it does not answer");
    }

    @Test
    void whatIsNotKnownIsNoWarning() {
        Check check = judge(copy("busan/main", Dated.unknown("etcd does not answer"), ""));
        assertThat(check.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(check.advice()).isEqualTo("etcd does not answer");
    }
}
