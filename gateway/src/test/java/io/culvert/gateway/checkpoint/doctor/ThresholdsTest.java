package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import io.culvert.gateway.checkpoint.doctor.MemberReading.Figures;
import io.culvert.gateway.checkpoint.doctor.MemberReading.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ThresholdsTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final List<Copies.Copy> COPIED =
            List.of(new Copies.Copy("busan/main", Dated.of(NOW.minusSeconds(7200)), ""));
    private static final Duration HALF_A_DAY = Duration.ofHours(12);
    private static final Thresholds.Around QUIET = new Thresholds.Around(
            Dated.NONE, Dated.of(NOW.minusSeconds(7200)), COPIED, HALF_A_DAY, 0, 0, Duration.ZERO);
    private static final Histogram FAST =
            new Histogram(new TreeMap<>(Map.of(0.001, 100.0, Double.POSITIVE_INFINITY, 100.0)));
    private static final Histogram SLOW =
            new Histogram(new TreeMap<>(Map.of(0.001, 0.0, 0.512, 900.0, Double.POSITIVE_INFINITY, 900.0)));
    private static final Figures FINE = new Figures(true, 2, 0, OptionalDouble.of(2L << 30), FAST, FAST, FAST);
    private static final State WELL =
            new State("3.5.21", 1, 7, 1000, 1000, 500, 20 << 20, 15 << 20, List.of(), Optional.of(FINE));

    private static List<String> peers(int id) {
        return List.of("http://10.0.0." + id + ":2380");
    }

    private static MemberReading member(int id, State state) {
        return new MemberReading(
                id, "m" + id, false, "http://10.0.0." + id + ":2379", peers(id), "", Optional.of(state));
    }

    private static MemberReading silent(int id) {
        return new MemberReading(
                id,
                "m" + id,
                false,
                "http://10.0.0." + id + ":2379",
                peers(id),
                "it does not answer",
                Optional.empty());
    }

    private static ClusterReading cluster(MemberReading... members) {
        return new ClusterReading(NOW, 77, List.of(members));
    }

    private static ClusterReading three(UnaryOperator<State> ofTheSecond) {
        return cluster(member(1, WELL), member(2, ofTheSecond.apply(WELL)), member(3, WELL));
    }

    /** What was said, by name. */
    private record Checks(List<Check> all) {
        Check get(String name) {
            return all.stream()
                    .filter(check -> check.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no check " + name));
        }
    }

    private static Checks judge(ClusterReading now, Thresholds.Around around) {
        ClusterReading before = new ClusterReading(
                NOW.minusSeconds(3600), 77, three(state -> state).members());
        return new Checks(Thresholds.judge(now, Optional.of(before), around));
    }

    private static Check judge(ClusterReading now, String name) {
        return judge(now, QUIET).get(name);
    }

    private static State with(Figures figures) {
        return new State("3.5.21", 1, 7, 1000, 1000, 500, 20 << 20, 15 << 20, List.of(), Optional.of(figures));
    }

    private static State database(long bytes, long inUse) {
        return new State("3.5.21", 1, 7, 1000, 1000, 500, bytes, inUse, List.of(), Optional.of(FINE));
    }

    @Test
    void aClusterThatIsWellHasNothingToSay() {
        assertThat(judge(three(state -> state), QUIET).all())
                .allSatisfy(check -> assertThat(check.verdict())
                        .as(check.toString())
                        .isIn(Verdict.OK, check.name().equals("pre-vote") ? Verdict.UNKNOWN : Verdict.OK));
    }

    @Test
    void oneSilentMemberIsNamedAndTwoOfThreeAreNoQuorum() {
        Check one = judge(cluster(member(1, WELL), silent(2), member(3, WELL)), "members");
        assertThat(one.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(one.advice()).contains("one more loss stops all writes", "m2 (http://10.0.0.2:2379)");
        Check two = judge(cluster(member(1, WELL), silent(2), silent(3)), "members");
        assertThat(two.verdict()).isEqualTo(Verdict.CRITICAL);
        assertThat(two.value()).isEqualTo("1 of 3");
        assertThat(two.advice()).contains("no quorum of 2", "m2", "m3", "resume by themselves");
        Check ofFive = judge(
                cluster(member(1, WELL), silent(2), member(3, WELL), member(4, WELL), member(5, WELL)), "members");
        assertThat(ofFive.advice()).contains("one more loss is survived");
    }

    @Test
    void anEndpointThatTheClusterDoesNotNameIsNoVoter() {
        MemberReading stray = new MemberReading(
                0, "http://10.0.0.9:2379", false, "http://10.0.0.9:2379", List.of(), "no", Optional.empty());
        assertThat(judge(cluster(member(1, WELL), stray), "members").verdict()).isEqualTo(Verdict.OK);
        ClusterReading unreached = new ClusterReading(NOW, 0, List.of(stray));
        assertThat(judge(unreached, "members").verdict()).isEqualTo(Verdict.CRITICAL);
        assertThat(judge(unreached, "leader").verdict()).isEqualTo(Verdict.CRITICAL);
    }

    @Test
    void noLeaderIsSaidOnce() {
        State lost = new State(
                "3.5.21",
                0,
                7,
                1000,
                1000,
                500,
                1,
                1,
                List.of("etcdserver: no leader"),
                Optional.of(new Figures(false, 2, 0, OptionalDouble.of(1 << 30), FAST, FAST, FAST)));
        ClusterReading reading = cluster(member(1, lost), member(2, lost), member(3, lost));
        assertThat(judge(reading, "leader").verdict()).isEqualTo(Verdict.CRITICAL);
        assertThat(judge(reading, "alarms").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void leaderChangesAndFailedProposalsCountFromTheHourBefore() {
        Figures three = new Figures(true, 5, 0, OptionalDouble.empty(), FAST, FAST, FAST);
        Figures four = new Figures(true, 6, 3, OptionalDouble.empty(), FAST, FAST, FAST);
        assertThat(judge(three(state -> with(three)), "leader changes").verdict())
                .isEqualTo(Verdict.OK);
        Check changes = judge(three(state -> with(four)), "leader changes");
        assertThat(changes.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(changes.value()).isEqualTo("4 an hour");
        assertThat(judge(three(state -> with(four)), "failed proposals").value())
                .isEqualTo("3 more");
        List<Check> first = Thresholds.judge(three(state -> with(four)), Optional.empty(), QUIET);
        assertThat(first)
                .filteredOn(check -> check.name().equals("leader changes"))
                .singleElement()
                .satisfies(check -> assertThat(check.verdict()).isEqualTo(Verdict.UNKNOWN));
    }

    @Test
    void slowDisksAndNetworksAreNamedWithTheirMember() {
        Figures slow = new Figures(true, 2, 0, OptionalDouble.of(1 << 30), SLOW, SLOW, SLOW);
        for (String name : List.of("WAL fsync p99", "backend commit p99", "peer round trip p99")) {
            Check check = judge(three(state -> with(slow)), name);
            assertThat(check.verdict()).as(name).isEqualTo(Verdict.WARNING);
            assertThat(check.value()).as(name).endsWith(" at m2");
        }
        State silent = new State("3.5.21", 1, 7, 1, 1, 1, 1, 1, List.of(), Optional.empty());
        ClusterReading unmeasured = cluster(member(1, silent), member(2, silent), member(3, silent));
        assertThat(judge(unmeasured, "WAL fsync p99").verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(judge(cluster(member(1, WELL)), "peer round trip p99").value())
                .isEqualTo("one member");
    }

    @Test
    void aDatabaseNearItsQuotaAndOneThatIsMostlyHolesAreSaid() {
        assertThat(judge(three(state -> database(1600L << 20, 1500L << 20)), "database of its quota")
                        .verdict())
                .isEqualTo(Verdict.OK);
        Check full = judge(three(state -> database(1700L << 20, 1500L << 20)), "database of its quota");
        assertThat(full.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(full.value()).isEqualTo("83.0 % (1700 MiB of 2048 MiB)");
        assertThat(judge(three(state -> database(99L << 20, 1 << 20)), "database to what is in use")
                        .verdict())
                .isEqualTo(Verdict.OK);
        Check loose = judge(three(state -> database(160L << 20, 100L << 20)), "database to what is in use");
        assertThat(loose.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(loose.advice()).contains("culvert etcd defrag");
    }

    @Test
    void alarmsAreCriticalAndAFullDatabaseHasItsOwnAdvice() {
        Check full = judge(three(state -> alarmed("memberID:2 alarm:NOSPACE ")), "alarms");
        assertThat(full.verdict()).isEqualTo(Verdict.CRITICAL);
        assertThat(full.advice()).contains("culvert etcd compact", "culvert etcd defrag");
        assertThat(judge(three(state -> alarmed("memberID:2 alarm:CORRUPT ")), "alarms")
                        .advice())
                .contains("replace it");
    }

    private static State alarmed(String error) {
        return new State("3.5.21", 1, 7, 1000, 1000, 500, 1, 1, List.of(error), Optional.of(FINE));
    }

    @Test
    void aMemberThatIsBehindIsNamed() {
        Check lag = judge(
                three(state -> new State("3.5.21", 1, 7, 9000, 2000, 1, 1, 1, List.of(), Optional.of(FINE))),
                "raft lag");
        assertThat(lag.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(lag.value()).isEqualTo("8000 entries");
        assertThat(lag.advice()).startsWith("m1");
    }

    @ParameterizedTest
    @CsvSource({
        "3.4.23, true",
        "3.4.30, true",
        "3.4.31, false",
        "3.5.12, true",
        "3.5.13, false",
        "3.5.21-rc1, false",
        "3.6.0, false",
        "3.3.27, true",
        "4.0.0, false",
        "strange, false",
        "'', false"
    })
    void versionsThatMayEndAllLeasesAtOnceAreOld(String version, boolean old) {
        assertThat(Thresholds.isOld(version)).isEqualTo(old);
    }

    @Test
    void whatTheGatewayItselfSawIsSaid() {
        Checks checks = judge(
                three(state -> state),
                new Thresholds.Around(
                        Dated.of(NOW.plus(Duration.ofDays(12))),
                        Dated.of(NOW.minus(Duration.ofHours(30))),
                        List.of(),
                        HALF_A_DAY,
                        2,
                        1,
                        Duration.ofSeconds(-60)));
        assertThat(checks.get("lost leases").value()).isEqualTo("2 in the last hour");
        assertThat(checks.get("history").value()).isEqualTo("went back");
        assertThat(checks.get("clock").value()).isEqualTo("stepped by -60 s");
        assertThat(checks.get("certificate").value()).isEqualTo("12 days left");
        assertThat(checks.get("backup").value()).isEqualTo("30 h old");
        assertThat(checks.get(BackupChecks.ELSEWHERE).value()).isEqualTo("none");
        for (String name :
                List.of("lost leases", "history", "clock", "certificate", "backup", BackupChecks.ELSEWHERE)) {
            assertThat(checks.get(name).verdict()).as(name).isEqualTo(Verdict.WARNING);
            assertThat(checks.get(name).advice()).as(name).isNotEmpty();
        }
        Thresholds.Around ended = new Thresholds.Around(
                Dated.of(NOW.minusSeconds(1)), Dated.NONE, COPIED, HALF_A_DAY, 0, 0, Duration.ofMillis(400));
        assertThat(judge(three(state -> state), ended).get("certificate").verdict())
                .isEqualTo(Verdict.CRITICAL);
        assertThat(judge(three(state -> state), ended).get("backup").value()).isEqualTo("none");
        assertThat(judge(three(state -> state), ended).get("clock").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void whatCannotBeReadIsUnknownAndSaysWhy() {
        Dated unreadable = Dated.unknown("it cannot be read");
        Checks checks = judge(
                three(state -> state),
                new Thresholds.Around(unreadable, unreadable, COPIED, HALF_A_DAY, 0, 0, Duration.ZERO));
        for (String name : List.of("certificate", "backup")) {
            assertThat(checks.get(name).verdict()).as(name).isEqualTo(Verdict.UNKNOWN);
            assertThat(checks.get(name).advice()).as(name).isEqualTo("it cannot be read");
        }
    }

    @Test
    void nothingIsDefragmentedWhileAVoterIsMissingBehindOrDamaged() {
        assertThat(Upkeep.unwell(three(state -> state))).isEmpty();
        assertThat(Upkeep.unwell(three(state -> alarmed("memberID:2 alarm:NOSPACE "))))
                .isEmpty();
        assertThat(Upkeep.unwell(cluster(member(1, WELL), silent(2), member(3, WELL))))
                .isEqualTo("m2 does not answer");
        assertThat(Upkeep.unwell(three(state -> alarmed("memberID:2 alarm:CORRUPT "))))
                .contains("m2 says", "CORRUPT");
        assertThat(Upkeep.unwell(
                        three(state -> new State("3.5.21", 1, 7, 1000, 800, 1, 1, 1, List.of(), Optional.of(FINE)))))
                .isEqualTo("m2 is 200 entries behind");
        State unled = new State("3.5.21", 0, 7, 1000, 1000, 500, 1, 1, List.of(), Optional.of(FINE));
        assertThat(Upkeep.unwell(cluster(member(1, unled)))).isEqualTo("no member leads");
        assertThat(Upkeep.unwell(new ClusterReading(NOW, 0, List.of(silent(1)))))
                .contains("no member answers");
    }
}
