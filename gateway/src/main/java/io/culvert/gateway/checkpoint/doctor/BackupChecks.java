package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/** How old the newest backup is, on this host and at other sites. Pure. */
final class BackupChecks {

    /** The name of the check whether other sites have a copy. */
    static final String ELSEWHERE = "backup at another site";

    /** Also where nobody makes them but a person. */
    static final Duration AGE = Duration.ofHours(24);

    private BackupChecks() {}

    static Check here(Dated newest, Instant now) {
        String limit = AGE.toHours() + " h old";
        if (!newest.trouble().isEmpty()) {
            return Check.unknown("backup", limit, newest.trouble());
        }
        return Check.of(
                "backup",
                isYoung(newest, AGE, now),
                Verdict.WARNING,
                newest.at()
                        .map(made -> Duration.between(made, now).toHours() + " h old")
                        .orElse("none"),
                limit,
                "without one, the loss of most members loses who owns what and how far jobs are: culvert etcd backup");
    }

    /**
     * Each place counts: what is late at one of two is no copy there.
     *
     * @param most how old the newest copy may be
     */
    static Check elsewhere(List<Copies.Copy> copies, Duration most, Instant now) {
        String limit = most.toHours() + " h old";
        if (copies.isEmpty()) {
            return new Check(
                    ELSEWHERE,
                    Verdict.WARNING,
                    "none",
                    limit,
                    "backups are on this host only and are lost with it; a peer takes copies with"
                            + " checkpoints: {etcd: {backup: {replicateTo: [{peer: PEER, pool: POOL}]}}} in the site file");
        }
        String unknown = copies.stream()
                .map(copy -> copy.newest().trouble())
                .filter(trouble -> !trouble.isEmpty())
                .collect(Collectors.joining("; "));
        if (!unknown.isEmpty()) {
            return Check.unknown(ELSEWHERE, limit, unknown);
        }
        return Check.of(
                ELSEWHERE,
                copies.stream().allMatch(copy -> isYoung(copy.newest(), most, now)),
                Verdict.WARNING,
                copies.stream().map(copy -> value(copy, now)).collect(Collectors.joining("; ")),
                limit,
                "what no copy has is lost with this host and its etcd" + troubles(copies));
    }

    private static boolean isYoung(Dated newest, Duration most, Instant now) {
        return newest.at()
                .filter(at -> Duration.between(at, now).compareTo(most) <= 0)
                .isPresent();
    }

    private static String value(Copies.Copy copy, Instant now) {
        return copy.place()
                + copy.newest()
                        .at()
                        .map(at -> " since " + at.truncatedTo(ChronoUnit.SECONDS) + ", "
                                + Duration.between(at, now).toHours() + " h old")
                        .orElse(": none");
    }

    private static String troubles(List<Copies.Copy> copies) {
        return copies.stream()
                .filter(copy -> !copy.trouble().isEmpty())
                .map(copy -> "; " + copy.place() + ": " + copy.trouble())
                .collect(Collectors.joining());
    }
}
