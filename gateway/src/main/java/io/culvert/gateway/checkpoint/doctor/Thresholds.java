package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import io.culvert.gateway.checkpoint.doctor.MemberReading.Figures;
import io.culvert.gateway.checkpoint.doctor.MemberReading.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is wrong with a cluster, by the limits that etcd's own documentation and the failures that led to Culvert give. Pure. */
final class Thresholds {

    /** The name of the check whether all voters answer. */
    static final String MEMBERS = "members";

    /** That of what the members themselves complain of. */
    static final String ALARMS = "alarms";

    private static final double LEADER_CHANGES_AN_HOUR = 3;
    private static final double WAL_FSYNC_MILLIS = 10;
    private static final double BACKEND_COMMIT_MILLIS = 25;
    private static final double PEER_ROUND_TRIP_MILLIS = 100;
    private static final long RAFT_LAG_ENTRIES = 5_000;
    private static final Duration CERTIFICATE_LEFT = Duration.ofDays(30);
    private static final Duration CLOCK_STEP = Duration.ofSeconds(5);
    private static final String UNKNOWN_FIGURES = "no member serves /metrics at its client URL";

    private final ClusterReading now;
    private final Optional<ClusterReading> before;
    private final Around around;
    private final List<Check> checks = new ArrayList<>();

    /**
     * What this gateway has seen of it, since the time of the reading before.
     *
     * @param certificateEnds when this gateway's certificate for etcd ends; empty without TLS
     * @param newestBackup when the newest copy of its database was made here
     * @param copies where else they are
     * @param copyAge how old those may be
     * @param lostLeases how often etcd ended this gateway's lease, or was silent for too long to keep it
     * @param setBacks how often its history went back
     * @param clockStep how far this host's clock was stepped
     */
    record Around(
            Dated certificateEnds,
            Dated newestBackup,
            List<Copies.Copy> copies,
            Duration copyAge,
            long lostLeases,
            long setBacks,
            Duration clockStep) {}

    private Thresholds(ClusterReading now, Optional<ClusterReading> before, Around around) {
        this.now = now;
        this.before = before;
        this.around = around;
    }

    /** @param before what was seen up to an hour ago: what has grown since then counts; empty if nothing was */
    static List<Check> judge(ClusterReading now, Optional<ClusterReading> before, Around around) {
        Thresholds thresholds = new Thresholds(now, before, around);
        thresholds.members();
        thresholds.speed();
        thresholds.checks.addAll(DatabaseChecks.of(thresholds.states(), UNKNOWN_FIGURES));
        thresholds.gateway();
        return List.copyOf(thresholds.checks);
    }

    // ---- its members

    private void members() {
        List<MemberReading> voters = now.voters();
        long answering = voters.stream().filter(MemberReading::answers).count();
        String count = answering + " of " + voters.size();
        checks.add(
                answering < now.quorum()
                        ? new Check(
                                MEMBERS,
                                Verdict.CRITICAL,
                                count,
                                "all",
                                "no quorum of " + now.quorum() + ": nothing is written; start " + silent(voters)
                                        + ", jobs resume by themselves when " + now.quorum() + " answer")
                        : Check.of(
                                MEMBERS,
                                answering == voters.size(),
                                Verdict.WARNING,
                                count,
                                "all",
                                "one more loss "
                                        + (answering - 1 < now.quorum() ? "stops all writes" : "is survived")
                                        + "; start " + silent(voters)
                                        + ", or replace it with culvert etcd replace-member"));
        List<String> foreign = now.members().stream()
                .map(MemberReading::trouble)
                .filter(trouble -> trouble.endsWith(ClusterReader.FOREIGN))
                .toList();
        checks.add(Check.of(
                "endpoints",
                foreign.isEmpty(),
                Verdict.CRITICAL,
                foreign.isEmpty() ? "one cluster" : String.join("; ", foreign),
                "one cluster",
                "nothing it says is believed; correct the endpoint in the site file"));
        boolean led = now.leader().isPresent()
                || states().stream()
                        .anyMatch(state ->
                                state.figures().filter(Figures::hasLeader).isPresent());
        checks.add(Check.of(
                "leader",
                led,
                Verdict.CRITICAL,
                now.leader().map(MemberReading::name).orElse(led ? "it does not answer" : "none"),
                "one",
                "no member leads: nothing is written until they have elected one"));
        checks.add(leaderChanges());
        checks.add(grown(
                "failed proposals",
                Figures::failedProposals,
                0,
                "0 more",
                "writes failed: the quorum was lost, or a leader changed, while they were under way"));
        raftLag();
        alarms();
        versions();
        checks.add(Check.unknown(
                "pre-vote", "on", "cannot be asked for: start each member with --pre-vote=true (etcd 3.4 has it off)"));
    }

    private static String silent(List<MemberReading> voters) {
        return voters.stream()
                .filter(voter -> !voter.answers())
                .map(voter -> voter.name().equals(voter.endpoint())
                        ? voter.name()
                        : voter.name() + " (" + voter.endpoint() + ")")
                .collect(Collectors.joining(", "));
    }

    private List<State> states() {
        return now.members().stream().flatMap(member -> member.state().stream()).toList();
    }

    private Check leaderChanges() {
        Optional<Double> changes = growth(Figures::leaderChanges);
        if (changes.isEmpty() || before.isEmpty()) {
            return Check.unknown("leader changes", "3 an hour", "known soon after the gateway was started");
        }
        double hours = Math.max(1, Duration.between(before.get().at(), now.at()).toMillis() / 3.6e6);
        double perHour = changes.get() / hours;
        return Check.of(
                "leader changes",
                perHour <= LEADER_CHANGES_AN_HOUR,
                Verdict.WARNING,
                text(perHour) + " an hour",
                "3 an hour",
                "members lose sight of their leader: look at its disk, its load and the network between them");
    }

    private Check grown(String name, Function<Figures, Double> figure, double most, String limit, String advice) {
        Optional<Double> growth = growth(figure);
        if (growth.isEmpty() || before.isEmpty()) {
            return Check.unknown(name, limit, "known soon after the gateway was started");
        }
        return Check.of(name, growth.get() <= most, Verdict.WARNING, text(growth.get()) + " more", limit, advice);
    }

    /** The most that a counter of a member has grown since; a member that was started anew counts from 0. */
    private Optional<Double> growth(Function<Figures, Double> figure) {
        return now.members().stream()
                .flatMap(member -> figures(member).stream().map(figures -> {
                    double then = earlier(member).map(figure).orElse(figure.apply(figures));
                    double is = figure.apply(figures);
                    return is < then ? is : is - then;
                }))
                .max(Comparator.naturalOrder());
    }

    private static Optional<Figures> figures(MemberReading member) {
        return member.state().flatMap(State::figures);
    }

    private Optional<Figures> earlier(MemberReading member) {
        return before.flatMap(reading -> reading.member(member.id())).flatMap(Thresholds::figures);
    }

    private void raftLag() {
        long newest = states().stream().mapToLong(State::raftIndex).max().orElse(0);
        Optional<MemberReading> last = now.members().stream()
                .filter(MemberReading::answers)
                .min(Comparator.comparingLong(
                        member -> member.state().orElseThrow().appliedIndex()));
        long lag = last.map(member -> newest - member.state().orElseThrow().appliedIndex())
                .orElse(0L);
        checks.add(Check.of(
                "raft lag",
                lag <= RAFT_LAG_ENTRIES,
                Verdict.WARNING,
                lag + " entries",
                RAFT_LAG_ENTRIES + " entries",
                last.map(MemberReading::name).orElse("") + " is behind: its disk or its network is slow"));
    }

    private void alarms() {
        List<String> said = now.members().stream()
                .flatMap(member -> member.state().stream()
                        .flatMap(state -> state.errors().stream())
                        .filter(error -> !error.contains("no leader")) // a check of its own
                        .map(error -> member.name() + ": " + error))
                .distinct()
                .toList();
        boolean full = said.stream().anyMatch(error -> error.contains(Upkeep.FULL));
        checks.add(
                Check.of(
                        ALARMS,
                        said.isEmpty(),
                        Verdict.CRITICAL,
                        said.isEmpty() ? "none" : String.join("; ", said),
                        "none",
                        full
                                ? "the database is full and takes no writes: culvert etcd compact, then culvert etcd defrag"
                                : "a member's data are damaged or it is in trouble: see its log, and replace it if it is damaged"));
    }

    private void versions() {
        List<String> old = states().stream()
                .map(State::version)
                .filter(Thresholds::isOld)
                .distinct()
                .toList();
        checks.add(
                Check.of(
                        "version",
                        old.isEmpty(),
                        Verdict.WARNING,
                        states().stream().map(State::version).distinct().collect(Collectors.joining(", ")),
                        "3.4.31, 3.5.13",
                        "older ones may end all leases at once when a hung leader wakes (etcd #15247): jobs then stop and are claimed again"));
    }

    /** Before 3.4.31, or a 3.5 before 3.5.13. */
    static boolean isOld(String version) {
        String[] parts = version.split("[.-]", -1);
        if (parts.length < 3 || !version.matches("\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}.*")) {
            return false;
        }
        int minor = Integer.parseInt(parts[0]) * 1_000 + Integer.parseInt(parts[1]);
        int patch = Integer.parseInt(parts[2]);
        return minor < 3_004 || minor == 3_004 && patch < 31 || minor == 3_005 && patch < 13;
    }

    // ---- how fast

    private void speed() {
        checks.add(slowest(
                "WAL fsync p99",
                Figures::walFsyncSeconds,
                WAL_FSYNC_MILLIS,
                "its disk is too slow for etcd: nothing else should write to it"));
        checks.add(slowest(
                "backend commit p99",
                Figures::backendCommitSeconds,
                BACKEND_COMMIT_MILLIS,
                "its disk is too slow for etcd: nothing else should write to it"));
        checks.add(
                now.voters().size() == 1
                        ? Check.ok("peer round trip p99", "one member", millis(PEER_ROUND_TRIP_MILLIS))
                        : slowest(
                                "peer round trip p99",
                                Figures::peerRoundTripSeconds,
                                PEER_ROUND_TRIP_MILLIS,
                                "the network between the members is slow: elections may follow"));
    }

    private record Slow(String member, double millis) {}

    private Check slowest(String name, Function<Figures, Histogram> histogram, double mostMillis, String advice) {
        String limit = millis(mostMillis);
        Optional<Slow> slowest = now.members().stream()
                .flatMap(member -> p99(member, histogram).stream().mapToObj(p99 -> new Slow(member.name(), p99 * 1e3)))
                .max(Comparator.comparingDouble(Slow::millis));
        if (slowest.isEmpty()) {
            return Check.unknown(name, limit, noFigures() ? UNKNOWN_FIGURES : "nothing was measured yet");
        }
        return Check.of(
                name,
                slowest.get().millis() <= mostMillis,
                Verdict.WARNING,
                millis(slowest.get().millis())
                        + (now.voters().size() > 1 ? " at " + slowest.get().member() : ""),
                limit,
                advice);
    }

    private OptionalDouble p99(MemberReading member, Function<Figures, Histogram> histogram) {
        Optional<Histogram> all = figures(member).map(histogram);
        if (all.isEmpty()) {
            return OptionalDouble.empty();
        }
        Histogram recent = earlier(member).map(histogram).map(all.get()::since).orElse(all.get());
        OptionalDouble p99 = recent.quantile(0.99);
        return p99.isPresent() ? p99 : all.get().quantile(0.99);
    }

    private boolean noFigures() {
        return states().stream().noneMatch(state -> state.figures().isPresent());
    }

    // ---- what this gateway sees of it

    private void gateway() {
        checks.add(Check.of(
                "lost leases",
                around.lostLeases() == 0,
                Verdict.WARNING,
                around.lostLeases() + " in the last hour",
                "none",
                "this gateway lost what it owned and claimed it again: etcd was away, or ended leases at once"));
        checks.add(Check.of(
                "history",
                around.setBacks() == 0,
                Verdict.WARNING,
                around.setBacks() == 0 ? "goes on" : "went back",
                "goes on",
                "etcd was restored or replaced: a new epoch began, and jobs were claimed again"));
        Duration step = around.clockStep().abs();
        checks.add(Check.of(
                "clock",
                step.compareTo(CLOCK_STEP) <= 0,
                Verdict.WARNING,
                step.compareTo(CLOCK_STEP) <= 0
                        ? "steady"
                        : "stepped by " + around.clockStep().toSeconds() + " s",
                "steady",
                "this host's clock was stepped: look at its NTP; nothing here depends on it but what people read"));
        checks.add(certificate());
        checks.add(BackupChecks.here(around.newestBackup(), now.at()));
        checks.add(BackupChecks.elsewhere(around.copies(), around.copyAge(), now.at()));
    }

    private Check certificate() {
        Dated ends = around.certificateEnds();
        if (!ends.trouble().isEmpty()) {
            return Check.unknown("certificate", "30 days", ends.trouble());
        }
        if (ends.at().isEmpty()) {
            return Check.ok("certificate", "no TLS", "30 days");
        }
        Duration left = Duration.between(now.at(), ends.at().get());
        return Check.of(
                "certificate",
                left.compareTo(CERTIFICATE_LEFT) >= 0,
                left.isNegative() ? Verdict.CRITICAL : Verdict.WARNING,
                left.isNegative() ? "has ended" : left.toDays() + " days left",
                "30 days",
                "renew this gateway's certificate for etcd, then restart the gateway");
    }

    static String text(double figure) {
        return figure == Math.rint(figure)
                ? String.valueOf(Math.round(figure))
                : String.format(Locale.ROOT, "%.1f", figure);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }
}
