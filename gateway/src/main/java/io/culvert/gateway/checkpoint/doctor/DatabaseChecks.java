package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import io.culvert.gateway.checkpoint.doctor.MemberReading.Figures;
import io.culvert.gateway.checkpoint.doctor.MemberReading.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** How full the members' databases are, and how much of them is holes. Pure. */
final class DatabaseChecks {

    /** The name of the check how much of the database is holes. */
    static final String HOLES = "database to what is in use";

    private static final double QUOTA_SHARE = 0.8;
    private static final double DEFRAGMENT_RATIO = 1.5;
    private static final long DEFRAGMENT_BYTES = 100 << 20;

    private DatabaseChecks() {}

    /** @param unknown why figures are missing, if they are */
    static List<Check> of(List<State> states, String unknown) {
        List<Check> checks = new ArrayList<>();
        Optional<State> fullest = states.stream()
                .filter(state -> quota(state).isPresent())
                .max(Comparator.comparingDouble(DatabaseChecks::share));
        checks.add(
                fullest.isEmpty()
                        ? Check.unknown("database of its quota", "80 %", unknown)
                        : Check.of(
                                "database of its quota",
                                share(fullest.get()) <= QUOTA_SHARE,
                                Verdict.WARNING,
                                String.format(
                                        Locale.ROOT,
                                        "%.1f %% (%s of %s)",
                                        share(fullest.get()) * 100,
                                        mebibytes(fullest.get().databaseBytes()),
                                        mebibytes(quota(fullest.get()).orElseThrow())),
                                "80 %",
                                "when it is full etcd takes no writes: culvert etcd compact, then culvert etcd defrag"));
        Optional<State> loosest = states.stream()
                .filter(state -> state.databaseBytes() > DEFRAGMENT_BYTES)
                .max(Comparator.comparingDouble(DatabaseChecks::looseness));
        checks.add(Check.of(
                HOLES,
                loosest.map(DatabaseChecks::looseness).orElse(1.0) <= DEFRAGMENT_RATIO,
                Verdict.WARNING,
                loosest.map(state -> Thresholds.text(looseness(state))).orElse("small"),
                "1.5 above 100 MiB",
                "culvert etcd defrag gives the rest back to the disk, one member after the other"));
        return checks;
    }

    private static OptionalDouble quota(State state) {
        OptionalDouble quota = state.figures().map(Figures::quotaBytes).orElse(OptionalDouble.empty());
        return quota.orElse(0) > 0 ? quota : OptionalDouble.empty();
    }

    private static double share(State state) {
        return state.databaseBytes() / quota(state).orElse(Double.POSITIVE_INFINITY);
    }

    private static double looseness(State state) {
        return (double) state.databaseBytes() / Math.max(1, state.inUseBytes());
    }

    private static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
    }
}
